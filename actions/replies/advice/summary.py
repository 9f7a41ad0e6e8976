"""Words for the summary of a conversation: a line for each thing, in a few sentences, or only what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.replies.advice.profile import Person, in_sentences
from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    PERSON,
    TELLING,
    Button,
    Reply,
    bullets,
    capital,
    first_sentence,
    listed,
    lower_first,
    paragraphs,
    payload,
    sentences,
    sources_of,
)
from actions.replies.destinations import field_names
from knowledge.models import Destination, FieldAnswer, Source, Topic, TopicItem

FAREWELL = "Goodbye, and all the best!"
NOTHING_YET = (
    "We have only just begun, so there is nothing to sum up yet. Which field would you like to learn, and would you rather "
    "study online or go to a country?"
)
MOST_LINES = 4  # things talked about that get a line of their own
MOST_OPEN = 2  # of what is open, in a summary of a few sentences
MOST_STILL = 3  # the same, where each is a few words
MOST_NAMES = 3  # of a long list
MOST_IN_SHORT = 2  # things answered about in a summary of a few lines
FEW_NAMES = 3  # items of a topic's list that are named in its line


@dataclass(frozen=True)
class Talked:
    """A thing that was talked about: its title, whether it was left open, where it is from, and what was said of it."""

    title: str
    left_open: bool
    source: Source | None
    gist: str
    is_name: bool = False

    @property
    def named(self) -> str:
        """The title as it stands in a sentence."""
        return self.title if self.is_name else lower_first(self.title)

    @property
    def as_line(self) -> str:
        """The title with what was said, without saying it twice."""
        title = capital(self.title)
        if not self.gist:
            return f"**{title}**"
        if self.gist.startswith(f"{title}: "):
            return f"**{title}**{self.gist[len(title) :]}"
        return self.gist if self.gist.startswith(title) else f"**{title}**: {self.gist}"


@dataclass(frozen=True)
class Summary:
    """What a conversation comes to: the person, the plan and where, what was talked about, what is open, what to check."""

    person: Person
    plan: str
    where: str
    talked: Sequence[Talked]
    unknown: Sequence[str]
    steps: Sequence[TopicItem]

    @property
    def is_empty(self) -> bool:
        """True if nothing was told, found or talked about."""
        return not in_sentences(self.person) and not self.talked and not self.plan

    @property
    def open(self) -> list[str]:
        """The subjects that were asked about and left open, then what isn't known of what was advised."""
        asked = [one.named for one in self.talked if one.left_open]
        return list(dict.fromkeys([*asked, *self.unknown]))


OPEN_FACTS = {
    "teaches": ("who teaches what", "institutions are named, but not which of them teaches which field"),
    "mode": ("whether a course is online", "it isn't stated for a single one"),
    "length": ("how long a course takes", "it isn't stated for a single one"),
    "start": ("when a course starts", "it isn't stated for a single one"),
    "workload": ("hours a week", "they aren't stated for a single course"),
    "language": ("the language of a course", "it isn't stated for a single one"),
    "exam": ("exams", "they aren't described for a single course"),
    "entry": ("what a course asks for", "entry requirements aren't stated for a single one"),
}


def open_fact(attribute: str) -> Talked | None:
    """Return a fact of a thing that was asked and isn't known, or None for an attribute that has no words."""
    title, gist_of = OPEN_FACTS.get(attribute, ("", ""))
    return Talked(title, True, None, gist_of) if title else None


def gist(topic: Topic) -> str:
    """Return what a topic says in one sentence, with the first things of its list."""
    first = _by_itself(topic.answer)
    names = _some_named([lower_first(item.name) for item in topic.items])
    if topic.answer.endswith(":") and topic.items and len(topic.items) <= FEW_NAMES:
        return " ".join(f"{item.name}: {item.text.rstrip('.')}." for item in topic.items if item.text) or first
    if topic.answer.endswith(":") and names:
        return f"{topic.title}: {names}."
    return first


def _by_itself(answer: str) -> str:
    """Return the first sentence of an answer that says something without its question ("Often you don't need any.")."""
    first, *others = sentences(answer)
    return others[0] if len(first) < TELLING and others else first_sentence(answer)


def _some_named(names: Sequence[str]) -> str:
    """List names; of a long list the first ones, said to be some of them."""
    return f"among others {listed(names[:MOST_NAMES])}" if len(names) > MOST_NAMES else listed(names)


def popular_where(answer: FieldAnswer) -> str:
    """Say in a sentence where a field is popular, and what is known by name."""
    homes = listed(one.short for one in answer.destinations)
    names = listed(one.name for one in answer.programs[:2])
    said = [f"popular in {homes}" if homes else "", f"by name I know {names}" if names else ""]
    return f"{capital('; '.join(filter(None, said)))}." if any(said) else ""


def known_of(destination: Destination) -> str:
    """Say in a sentence what is popular in a destination."""
    return f"Popular there: {field_names(destination)}." if destination.fields else ""


def summary(told: Summary, leaves: bool = False) -> Reply:
    """Tell the profile, what was found, what was answered, what is open and what to check; goodbye to one who `leaves`."""
    about = in_sentences(told.person)
    help_me = (Button("Help me choose", payload("choose_help")), PERSON)
    if told.is_empty:
        return Reply(paragraphs(NOTHING_YET, FAREWELL if leaves else ""), CLARIFY, buttons=help_me)
    lines = (
        f"In short: {about}." if about else "",
        " ".join(filter(None, (capital(told.plan), told.where if told.plan else ""))),
        _talked_about(told, about),
        f"Still open, since I don't know it: {_apart(told.open)}. The provider can tell you." if told.open else "",
        f"Before you choose, check {listed(lower_first(item.name) for item in told.steps)}." if told.steps else "",
    )
    return Reply(
        paragraphs("\n".join(filter(None, lines)), FAREWELL if leaves else ""),
        ANSWERED,
        None,
        sources_of(*(one.source for one in told.talked if one.source)),
        buttons=(Button("What should I do next?", payload("ask_advice")), PERSON) if about else help_me,
    )


def _talked_about(told: Summary, about: str) -> str:
    """Return a line for each of the last things that were answered about; the earlier ones are only named."""
    known = [one for one in told.talked if not one.left_open]
    lines, earlier = known[-MOST_LINES:], known[:-MOST_LINES]
    if not known:
        return ""
    names = listed(dict.fromkeys(one.named for one in earlier))
    lead = f"We {'also ' if about else ''}talked about{f' {names}, and' if names else ''}:"
    return f"{lead}\n{bullets(dict.fromkeys(one.as_line for one in lines))}"


def in_sentences_only(told: Summary, number: int) -> Reply:
    """Tell what matters most in a number of sentences: the plan, what limits it, then what was answered last."""
    of_plan = number > MOST_OPEN and bool(told.plan)  # which names the places already
    answered = [one for one in reversed(told.talked) if one.gist and not one.left_open]
    particular = [one for one in answered if not (of_plan and one.is_name)] or answered
    known = [one.gist for one in particular]
    about = in_sentences(told.person)
    plan = " ".join(sentences(told.plan)[:2]) if number > MOST_OPEN else _in_one_sentence(sentences(told.plan)[:2])
    plan = plan or (f"{about}." if about else "")
    checks = listed(lower_first(item.name) for item in told.steps)
    open_first = (told.unknown or told.open)[:MOST_OPEN]
    unsure = "I don't know" if told.unknown else "I have nothing on"  # "what a course costs", but "how to apply"
    unknown = f"{unsure} {listed(dict.fromkeys(open_first), 'or')}" if open_first else ""
    limit = f"Before paying, check {checks}{f', since {unknown}' if unknown else ''}." if checks else ""
    if number > MOST_OPEN and plan:  # the plan, what was found out, and what is left to do: a sentence each
        found = [_joined(sentences(plan)), *_in_parts(known, number - 2)]
        parts = [*found, _left_to_do(checks, told.open)]
    else:
        plans = len(sentences(plan)) if plan else 0
        beside = known[: max(0, number - 1 - plans)] if plan else known[: max(1, number - 1)]
        parts = [*([capital(plan)] if plan else []), *beside, limit]
    text = " ".join(list(filter(None, parts))[:number])
    return Reply(text, ANSWERED, None, sources_of(*(one.source for one in told.talked if one.source)), (PERSON,))


def in_short(told: Summary) -> Reply:
    """Tell all of a conversation in a few sentences: the person, the plan, what was answered last, what is left to do."""
    about, checks = in_sentences(told.person), listed(lower_first(item.name) for item in told.steps)
    parts = [f"In short: {about}." if about else "", capital(told.plan)]
    parts += [_whole(one) for one in _answered(told)[:MOST_IN_SHORT]]
    text = " ".join(filter(None, (*parts, _left_to_do(checks, told.open))))
    return Reply(text, ANSWERED, None, sources_of(*(one.source for one in told.talked if one.source)), (PERSON,))


def in_points(told: Summary, number: int) -> Reply:
    """Tell what matters most in exactly as many points, with nothing around them: the plan, what was answered, what is left.

    There are fewer only if the conversation has no more.
    """
    about, checks = in_sentences(told.person), listed(lower_first(item.name) for item in told.steps)
    enough = len(_answered(told)) >= number - 1  # to leave out what they know of themselves
    of_person = [capital(f"{about}.")] if about and not enough else []
    lead = [_joined(sentences(told.plan)[:2])] if told.plan else of_person
    last = [_left_to_do(checks, told.open)] if number > 1 or not lead else []
    known = [_whole(one) for one in _answered(told)]
    if told.plan:  # which the person and the places can stand beside
        known += [one for one in (told.where, capital(f"{about}.") if about else "") if one]
    room = number - len(lead) - len(last)
    if len(known) < room and told.open and checks:
        last = [_left_to_do(checks, ()), _left_to_do("", told.open)]
        room -= 1
    points = [*lead, *known[: max(room, 0)], *last]
    return Reply(
        bullets(list(filter(None, points))[:number]),
        ANSWERED,
        None,
        sources_of(*(one.source for one in told.talked if one.source)),
        (PERSON,),
    )


def of_two(texts: Sequence[str]) -> str:
    """Return the summaries for two people one after the other, with what belongs to both only once, at the end."""
    heads = [text.split("\n")[:2] for text in texts]
    rest = [line for line in texts[-1].split("\n")[2:] if line not in heads[0]]
    return paragraphs(*("\n".join(head) for head in heads), "\n".join(rest))


def _answered(told: Summary) -> list[Talked]:
    """Return what was answered about, the latest first; beside a plan, which names places already, the topics alone."""
    answered = [one for one in reversed(told.talked) if one.gist and not one.left_open]
    return [one for one in answered if not (told.plan and one.is_name)] or answered


def _whole(one: Talked) -> str:
    """Return what was said of a thing in a sentence that stands by itself: a mere list of names needs its title."""
    return one.gist if one.gist.endswith(".") and not one.is_name and ": " not in one.gist else one.as_line


def _in_parts(found: Sequence[str], number: int) -> list[str]:
    """Return what was found out in a number of sentences at most, two things in each."""
    pairs = [found[at : at + 2] for at in range(0, len(found), 2)]
    return [_joined(pair) for pair in pairs[:number]]


def _joined(parts: Sequence[str]) -> str:
    """Join sentences to one: "AI is popular in the EU; many courses are open to beginners."."""
    return f"{capital('; '.join([parts[0].rstrip('.'), *(lower_first(one.rstrip('.')) for one in parts[1:])]))}."


def _left_to_do(checks: str, left_open: Sequence[str]) -> str:
    """Say what to check and what of it is not known."""
    still = f"still open: {_apart(list(left_open)[:MOST_STILL])}" if left_open else ""
    return (
        f"{capital('; '.join(filter(None, (checks and f'before paying, check {checks}', still))))}."
        if checks or still
        else ""
    )


def _apart(things: Sequence[str]) -> str:
    """List things of which some are pairs: "fees and prices, and whether they would admit you"."""
    *others, last = things
    pairs = any(" and " in one for one in things)
    return f"{', '.join(others)}, and {last}" if pairs and others else listed(things)


def _in_one_sentence(plans: Sequence[str]) -> str:
    """Join the plans for two fields: "For nursing, I'd look at A; for accounting, I'd look at B."."""
    return f"{'; '.join((plans[0].rstrip('.'), *map(lower_first, plans[1:]))).rstrip('.')}." if any(plans) else ""


def to_tell(told: Summary, number: int) -> Reply:
    """Say in a few sentences what can be told at home, where nobody need be told who they are."""
    reply = in_sentences_only(told if told.plan else replace(told, person=Person()), number)
    whom = told.person.whose if told.person.of_other else "them"
    return replace(reply, text=paragraphs(f"You could tell {whom} this:", reply.text))


def left_open(told: Summary) -> Reply:
    """List what was asked and is not known, then what isn't known of what was advised; or say that nothing is open."""
    asked = [f"**{capital(one.title)}**: {lower_first(one.gist)}" for one in told.talked if one.left_open]
    if not asked and not told.unknown:
        text = "I had an answer to what you asked so far, as far as I can see. Tell me if something was missing."
        return Reply(text, ANSWERED, buttons=(PERSON,))
    beside = (
        f"I don't know {listed(told.unknown, 'or')} either." if asked else f"I don't know {listed(told.unknown, 'or')}."
    )
    return Reply(
        paragraphs(
            "These I couldn't tell you:" if asked else "",
            bullets(asked),
            capital(beside) if told.unknown else "",
            "The provider can tell you, or a person from our team can look for it.",
        ),
        ANSWERED,
        buttons=(PERSON,),
    )
