"""What was told or named before counts in later turns: refusals stay, others' wishes are not taken for one's own."""

from __future__ import annotations

import pytest

from tests.engine_fixtures import Advisor, check_last_reply

# Each conversation: what is said, and of the last reply what it must say (one of several, split by "|") and must not.
TALKS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "a provider that is refused is not advised later": (
        (
            "I want to learn supply chain management",
            "no, not MIT. Is there another one?",
            "so what is your advice in short?",
        ),
        ("MicroMasters programs|Google Project Management",),
        ("by MIT", "MicroMasters in Supply Chain Management"),
    ),
    "what is not to be online only is not advised online": (
        ("I'm a nurse from Ghana", "please nothing that's only online"),
        ("online isn't wanted",),
        ("All right, online",),
    ),
    "who cannot leave a place lives there": (
        ("I'd like to learn project management", "I can't leave Texas, my parents are old"),
        ("can't travel",),
        ("isn't wanted",),
    ),
    "the field of one's own is not that of a sister with work of her own": (
        ("I'm a lawyer and want to move into cybersecurity", "my sister is a pharmacist, is there anything for her?"),
        ("healthcare",),
        ("cybersecurity",),
    ),
    "what a mother wishes does not replace one's own wish": (
        ("I'd like to learn UX design", "my dad wants me to do accounting haha", "what is my first step?"),
        ("UX/UI design",),
        ("accounting",),
    ),
    "of two countries the one that is preferred is meant": (
        ("I work as a bookkeeper", "My brother says go to Canada, but I'd rather stay in the UK. What do they offer?"),
        ("the UK",),
        ("Canada",),
    ),
    "another field amid advice is advised on": (
        ("I'm a teacher and want to learn data analytics", "and what about UX design?"),
        ("Bootcamp in UX/UI design",),
        ("names no country",),
    ),
    "a field that is hinted at is advised on": (
        ("I teach chemistry and I've had enough. Maybe cybersecurity?",),
        ("IBM Digital Badge in cybersecurity",),
        ("entry requirements",),
    ),
    "who learns for fun is not asked for papers": (
        ("I'm retired and would like to learn about sustainability, just for fun", "online"),
        ("online", "sustainability"),
        ("degree",),
    ),
    "whether it suits is said by the field": (
        ("What is a MicroMasters?", "I'm a pharmacist. Would it be useful for me?"),
        ("not named for|It may",),
        ("I don't have anything on that",),
    ),
    "and of somebody of the family": (
        ("What is a MicroMasters?", "My cousin works in logistics. Would it suit him?"),
        ("It may", "supply chain management"),
        (),
    ),
    "an opinion is asked for on another kind": (
        ("I want to learn cybersecurity", "My friend says I should do a bootcamp. What do you think?"),
        ("I'd take", "IBM Digital Badge in cybersecurity"),
        ("degree",),
    ),
    "that it is not known is owned": (
        ("How much do graduates earn after it?", "so you don't know that"),
        ("That's right",),
        ("That comes from",),
    ),
    "what was told since is said to be taken in": (
        ("I want to learn UX design", "I can't travel", "does this change your advice?"),
        ("taken in", "Bootcamp in UX/UI design"),
        (),
    ),
    "a correction that names nothing known is asked back": (
        ("What is there in Canada for leadership?", "No, I meant for admin, not for drivers"),
        ("did you mean",),
        ("technical requirements",),
    ),
    "names of institutions are those of the place just spoken of": (
        ("I want to learn cybersecurity", "and in Canada?", "only the names please, which universities?"),
        ("University of Toronto",),
        ("Harvard",),
    ),
    "the same is asked of another place": (
        (
            "I want to learn cybersecurity",
            "and in Canada?",
            "only the names please, which universities?",
            "and New Zealand?",
        ),
        ("Massey",),
        ("Toronto",),
    ),
    "institutions of two places are named for each": (
        (
            "I'm a nurse from Ghana",
            "Canada or the UK, which is better for me?",
            "what universities do they have there?",
        ),
        ("University of Toronto", "University of Edinburgh"),
        ("only repeat",),
    ),
    "what is left of a place": (
        ("What does New Zealand have?", "no agribusiness please. What is left?"),
        ("Without agribusiness", "environmental science"),
        (),
    ),
    "the language of a course is not what is talked about": (
        ("Any programs in data analytics?", "is it in Dutch?", "where would I go for it?"),
        ("Australia",),
        ("languages",),
    ),
    "the work that one has is no wish of its own": (
        ("I'm a nurse and I'd like to learn project management", "I have no degree, only my nursing diploma"),
        ("with a diploma",),
        ("clinical skills",),
    ),
    "of each of two programs it is said that it is not known": (
        ("Compare the IBM badge in cloud computing with the AWS certificate", "who accepts them?"),
        ("IBM Digital Badge in cloud computing", "AWS Certified Solutions Architect"),
        (),
    ),
    "what can be learnt in both of two countries": (
        ("I'm a cook and want to go to Australia or Canada", "which is better for me?", "what can I learn there?"),
        ("cybersecurity", "leadership"),
        ("only repeat",),
    ),
    "which course exists for two wishes": (
        ("I'd like to learn German or English", "what certificates are there for that?"),
        ("TestDaF", "IELTS"),
        ("blockchain",),
    ),
    "of two fields the one that has more": (
        ("I'd like to learn cooking or data analytics", "which of those has more to offer?"),
        ("data analytics",),
        ("I have no answer",),
    ),
    "where a program is taken is not known": (
        ("What is the DELF?", "and where would I take it?"),
        ("doesn't say where",),
        ("Australia",),
    ),
    "nothing is left out of a summary but what is empty": (
        ("I'm a baker", "what is there for chemistry?", "I want to learn sustainability", "sum it up please"),
        ("sustainability",),
        ("- **Chemistry**",),
    ),
}


@pytest.mark.parametrize("said", list(TALKS))
def test_what_was_told_counts(advisor: Advisor, said: str) -> None:
    check_last_reply(advisor, *TALKS[said])
