"""What ends a conversation or only remarks on it is told from what asks, seeks or tells something."""

from __future__ import annotations

import pytest

from nlu.extraction.about_me import about_me
from nlu.extraction.person.closing import LEAVES, LONGEST, REMARKS, THANKED

ENDINGS = (LEAVES, THANKED, REMARKS)
ENDS = {
    "Thank you, I'll sleep on it. Bye!": LEAVES,
    "Right, then I may become a professor after all! Goodbye, clever machine": LEAVES,
    "haha my dentist will never believe this. see ya": LEAVES,
    "Thanks, I want to have lunch now, bye": LEAVES,
    "That's useful, I'll raise it at Friday's assembly. Cheers": THANKED,
    "we shall see what the council makes of it, many thanks": THANKED,
    "thanks, that's all I wanted to know": THANKED,
    "perfect, you've been a star, my bus is here": THANKED,
    "I'll put it before the board": REMARKS,
    "That'll do nicely. I'll chew on it over the weekend": REMARKS,
    "I'm off to the allotment": REMARKS,
}
ENDS_NOT = (
    "thanks, and the price?",
    "thanks, tell me about bootcamps",
    "thanks, I need the price",
    "thanks but I meant the other one",
    "thank you for nothing",
    "that's not what I asked, thanks",
    "thanks, I have no degree",
    "I will study at home",
    "I will be alone there",
    "bye the way, how long does it take",
    f"thanks, I'll tell {'them all ' * LONGEST}",
)


@pytest.mark.parametrize(("text", "ends"), ENDS.items())
def test_what_only_ends_is_told_how(text, ends) -> None:
    assert [code for code in about_me(text).asks if code in ENDINGS] == [ends]


@pytest.mark.parametrize("text", ENDS_NOT)
def test_what_asks_seeks_or_tells_is_no_ending(text) -> None:
    assert not set(ENDINGS) & set(about_me(text).asks)
