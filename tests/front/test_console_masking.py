"""Personal data is covered, and what is none stays."""

import pytest

from conversations.masking import mask


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("write to mira.k+x@mail.example.org please", "write to [e-mail] please"),
        ("call +44 20 7946 0958", "call [phone]"),
        ("(020) 7946-0321 after five", "[phone] after five"),
        ("my cell is 0171 2345678", "my cell is [phone]"),
        ("4111 1111 1111 1111 ok?", "[card] ok?"),
        ("4111-1111-1111-1111", "[card]"),
        ("DE89 3704 0044 0532 0130 00", "[IBAN]"),
        ("gb29nwbk60161331926819", "[IBAN]"),
        ("passport C01X00T47", "passport [passport]"),
        ("my passport number is 533380006", "my passport number is [passport]"),
        ("AB1234567 it says", "[passport] it says"),
        ("born on 12.03.1998 in Rome", "born on [date of birth] in Rome"),
        ("dob 3/4/98", "dob [date of birth]"),
        ("I was born 12 March 2017", "I was born [date of birth]"),
        ("1998-03-12", "[date of birth]"),
        ("a@b.example and +49 30 901820", "[e-mail] and [phone]"),
    ],
)
def test_personal_data_is_covered(said, shown):
    assert mask(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "courses under 1,500 EUR",
        "from 2024-2025 or 2026",
        "starts on 2026-09-01",
        "12 weeks, 10 hours each",
        "level 7 of 8, 180 ECTS",
        "what about @home study",
        "room 101",
        "COVID19 and ISO9001",
        "",
    ],
)
def test_plain_facts_stay(said):
    assert mask(said) == said
