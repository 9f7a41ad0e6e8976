"""Keeps to the form in which somebody wants an answer, and says the last answer in another form.

Every answer passes here (`in_form`), whatever row gave it, and so does the last one where a message is nothing but a wish for a
form ("just the names", "and in one sentence?").
"""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import CATALOGUE_KINDS, COUNTED_SHAPES, DialogueState, Understanding, Wanted
from actions.forms import texts as words
from actions.forms.texts import Parts, Point
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, Reply, bullets, first_sentence, sentences
from core.contract.intents import (
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    DISTRESS,
    FEEL_LOW,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import HOW_MANY, YES_NO
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge

NEVER = (DISTRESS, FEEL_LOW, WANT_PERSON)
MOST_KEPT = 1500  # letters of the last answer that are kept
LEAST_KEPT = 10  # words of an answer in the form that was wanted from which it is kept in place of the full one
MANY = "many"  # a way of referring back (nlu/extraction/references.py)
NOT_KNOWN = "declined"  # in place of a topic: the last answer was that something isn't known
# Attributes that ask for things, with the kinds of these; and the roles of those among the providers that are meant.
KINDS = {
    "destinations": ("destination",),
    "institutions": ("institution", "provider"),
    "types": ("type",),
    "providers": ("provider",),
    "companies": ("provider",),
    "platforms": ("provider",),
    "fields": ("field",),
    "industries": ("industry", "field"),
    "programs": ("program",),
}
ROLES = {"institutions": "university", "companies": "company", "platforms": "platform"}
THINGS = ("program", "institution", "provider", "type", "destination", "place")
# Intents whose questions ask for one of several things, which the guide doesn't rank.
CHOOSES = (ASK_BEST_DESTINATION, ASK_BEST_TYPE)
# Forms in which it can be said that something isn't known.
SHORT_FORMS = (*COUNTED_SHAPES, "words", "yes-no", "number")
SUMMARY = "summary"  # a code of nlu/data/about_me.yml
# The same, for what speaks for something and against it, which says as many as are wanted, point by point.
BOTH_SIDES = "for-and-against"
WEIGHED = ("against", "in-favour", BOTH_SIDES)
CHOOSING = "choosing"  # role of the topic whose list is what to look at
SEVERAL, LONG_REPLY = 3, 80  # things talked about that can be summed up, and words of a reply that can be shortened
SIDES = 0.3  # probability from which a claim with a yes or no is told where just that is wanted


def last_in_form(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say the last answer in the form that a message asks for, if it asks for nothing else; None otherwise."""
    wanted = understanding.wanted
    if not wanted.alone or understanding.intent in NEVER or _sums_up(understanding, state):
        return None
    if not state.told:  # "just two" and "the countries" may ask for something by themselves
        asks_nothing = not (wanted.count or wanted.kind or state.act)
        return Answer(Reply(words.NOTHING_YET, CLARIFY), state) if asks_nothing else None
    full = Reply(state.told, ANSWERED, state.told_topic or None)
    if state.told_topic == NOT_KNOWN:
        text = _declined(full, wanted) or None
        full = replace(full, topic=None, outcome=DECLINED)
    elif wanted.shape == "yes-no":
        text = _settled(state)
    else:
        last = state.queries[-1] if state.queries else None
        asked = (wanted.kind,) if wanted.kind else _asked(last.attributes) if last else ()
        text = _shaped(knowledge, full, wanted, asked)
    if text is None:
        return None
    if (wanted.short or wanted.plain) and text.rstrip(".") == state.told.rstrip("."):
        clipped = words.clipped(text)
        text = clipped if clipped != text else f"{words.NO_SHORTER} {words.in_row(text)}."
    return Answer(replace(full, text=words.with_reservation(state.told, text)), replace(state, brief=True))


def _sums_up(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether all of the conversation is to be said in that form, or all of the advice that was given last.

    "Too long" after a reply that is short itself can only mean the conversation; that of advice holds what the person told.
    """
    asks = SUMMARY in understanding.asks
    if state.act == ASK_ADVICE or state.advised and not state.told_topic:
        return asks or understanding.intent == SUM_UP
    of_all = len(state.talked) >= SEVERAL and len(state.told.split()) < LONG_REPLY
    return asks and (of_all or not understanding.wanted.short)


def in_form(knowledge: Knowledge, understanding: Understanding, state: DialogueState, answer: Answer) -> Answer:
    """Return the answer in the form that the message wants, if it wants one; `state` is the state before it."""
    wanted, reply = understanding.wanted, answer.reply
    if (
        reply.response
        or understanding.intent in NEVER
        or answer.state.act == SUM_UP
        or understanding.further
        or wanted.alone
    ):
        return answer
    asks = set(understanding.asks)
    if (
        BOTH_SIDES in asks
        and (wanted.count or wanted.shape in ("list", "lines", "table"))
        or wanted.count
        and {*WEIGHED} & asks
    ):
        return answer
    if understanding.intent in CHOOSES:
        wanted = replace(wanted, ranked=True)
    text: str | None = ""
    if not wanted.any:
        text = _counted_only(understanding, reply)
    elif reply.outcome == DECLINED:
        text = _declined(reply, wanted)
    elif wanted.shape == "yes-no" and reply.outcome == ANSWERED:
        text = _side(knowledge, understanding, reply)
    elif reply.outcome == ANSWERED or reply.outcome == CLARIFY and wanted.count and words.parts_of(reply.text).numbered:
        of_list = _listed(understanding, state)  # "two reasons why they grow" asks for none of the places listed before
        of_list = of_list if _of_kinds(knowledge, reply.text, of_list) else ()
        text = _shaped(knowledge, reply, wanted, _asked(understanding.attributes) or of_list)
    if not text or text == reply.text:
        return answer
    text = words.with_reservation(reply.text, text)
    return replace(answer, reply=words.in_brief(reply, text))


def kept_text(before: DialogueState, full: Answer, answer: Answer) -> tuple[str, str]:
    """Return the text of the last answer and its topic, as they are remembered for a wish for another form.

    Of an answer of few words in the form that was wanted it is the `full` one, of which more can be made.
    """
    reply = answer.reply
    if reply.outcome not in (ANSWERED, DECLINED) or reply.response:
        return before.told, before.told_topic
    text = reply.text if len(reply.text.split()) >= LEAST_KEPT else full.reply.text
    return text[:MOST_KEPT], NOT_KNOWN if reply.outcome == DECLINED else reply.topic or ""


def _asked(attributes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the attribute that asks for things first, if any does."""
    return next(((one,) for one in attributes if one in KINDS), ())


def _listed(understanding: Understanding, state: DialogueState) -> tuple[str, ...]:
    """Return the attribute of the things of the last list, if it is one of them that is asked for."""
    if MANY not in understanding.back:
        return ()
    return next(((one,) for one, kinds in KINDS.items() if set(kinds[:1]) & set(state.listed)), ())


def _counted_only(understanding: Understanding, reply: Reply) -> str:
    """Return how many there are without their list, where nothing else is asked."""
    if understanding.form != HOW_MANY or reply.outcome != ANSWERED:
        return ""
    parts = words.parts_of(reply.text)
    return words.count_said(parts) if len(parts.points) > words.FEW else ""


def _settled(state: DialogueState) -> str | None:
    """Return the last answer as a yes or no, or that it has none; None if it answered no question of that kind."""
    text = words.in_sentences(words.parts_of(state.told), 1)
    if words.has_side(text):
        return text
    asked = state.queries[-1].form if state.queries else ""
    return f"{words.NO_VERDICT} {text}" if asked == YES_NO else None


def _side(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> str:
    """Return a yes or no: the first sentence of the reply, or of the likeliest claim of its topic that has one."""
    of_thing = set(THINGS) & set(understanding.names)  # a claim in general needn't hold of it
    if not words.has_side(reply.text) and not of_thing:
        for one in understanding.claims:
            likely = one.topic == reply.topic and one.fit >= SIDES and knowledge.has_claim(one.topic, one.number)
            claim = knowledge.claim(one.topic, one.number) if likely else None
            if claim and claim.form == YES_NO and words.has_side(claim.say):
                return words.in_sentences(words.parts_of(claim.say), 1)
    return words.in_sentences(words.parts_of(reply.text), 1)


def _declined(reply: Reply, wanted: Wanted) -> str:
    """Return in a sentence that something isn't known, where that is wanted; else "".

    A number of things is no wish for a short answer: where they can be learnt is told as well.
    """
    if wanted.shape in SHORT_FORMS or wanted.short:
        limit = wanted.number or 1
        return " ".join(sentences(reply.text)[:limit])
    return ""


def _shaped(knowledge: Knowledge, reply: Reply, wanted: Wanted, asked: tuple[str, ...]) -> str | None:
    """Return the text of a reply in the form that is wanted, or None if it has nothing to make that of."""
    reply = replace(reply, text=words.without_reservation(reply.text))
    parts = words.parts_of(reply.text)
    if wanted.count:
        return _counted(knowledge, reply, parts, wanted, asked)
    if wanted.kind:
        return _of_each(knowledge, reply, parts, asked)
    match wanted.shape:
        case "how-many":
            names = _names(knowledge, reply, parts, asked)
            return words.how_many(len(names)) if len(names) > 1 else None
        case "names" | "inline":
            names = _names(knowledge, reply, parts, asked)
            return words.named(names, wanted.shape == "inline") if names else first_sentence(reply.text)
        case "list" | "numbered":
            of_kind = _of_kinds(knowledge, reply.text, asked)
            if len(of_kind) > 1 and not parts.points:  # what stands beside the names was not asked for
                parts = Parts((), tuple(Point(words.shown(one)) for one in of_kind))
            things = () if parts.points else _names(knowledge, reply, parts, asked)
            return words.as_list(parts, wanted.shape == "numbered", things if len(things) > 1 else ())
        case "checklist":
            points = parts.points or tuple(_to_check(knowledge))
            return words.as_list(Parts((), points) if points else parts, numbered=False)
        case "table":
            points = parts.points or tuple(_items(knowledge, reply))
            return words.lines_of(points) if len(points) > 1 else words.as_list(parts, numbered=False)
        case "sentences":
            return words.in_sentences(parts, wanted.limit)
        case "lines":
            short = len(parts.points) < 2 and len(sentences(reply.text)) < wanted.limit
            items = tuple(_items(knowledge, reply)) if short else ()
            return words.in_lines(replace(parts, points=items) if items else parts, wanted.limit)
        case "words":
            return words.in_words(parts, wanted.limit)
        case "number":
            return words.number_alone(reply.text)
    return _short(parts, wanted)


def _short(parts: Parts, wanted: Wanted) -> str:
    """Return the first sentence of a text without what stands beside, or in plain words its first two."""
    if wanted.plain and not wanted.short:
        return words.in_sentences(parts, 2)
    text = words.in_sentences(parts, 1, brief=False)
    return text if parts.points else words.clipped(text)


def _of_each(knowledge: Knowledge, reply: Reply, parts: Parts, asked: tuple[str, ...]) -> str | None:
    """Return the names of one kind in a reply, for each of the things that it sets side by side."""
    lines = [(one.name, _of_kinds(knowledge, one.text, asked)) for one in parts.points]
    if len([names for _, names in lines if names]) > 1:
        return bullets(f"**{name}**: {', '.join(names)}" for name, names in lines if names)
    names = _of_kinds(knowledge, reply.text, asked)
    return words.named(names) if names else None


def _counted(knowledge: Knowledge, reply: Reply, parts: Parts, wanted: Wanted, asked: tuple[str, ...]) -> str | None:
    """Return as many things as are wanted: of the kind that is asked for, of the list, of the topic, or sentences."""
    of_kind = [Point(name) for name in _of_kinds(knowledge, reply.text, asked)]
    points, is_kind = list(parts.points), False
    if of_kind and not _lists_kind(knowledge, parts, asked):
        points, is_kind = of_kind, True
    elif asked and len(points) < 2:
        return None if wanted.alone else words.in_sentences(parts, 1)
    else:
        points = points if len(points) > 1 else _items(knowledge, reply)
        points = points or [Point(one) for one in _few_words(_enumerated(parts), wanted)]
    if not points and len(bold := words.bold_names(reply.text)) >= words.FEW:
        points = [Point(one) for one in bold]
    if wanted.shape in ("names", "inline"):
        points = [Point(one.name) for one in points]
    if len(points) < (1 if is_kind or wanted.alone else wanted.count):
        return (
            None
            if wanted.alone and not (wanted.count == 1 and wanted.ranked)
            else words.in_sentences(parts, wanted.count)
        )
    numbered = parts.numbered or wanted.shape == "numbered"
    text = words.counted(points, wanted.count, wanted.ranked, numbered, is_kind)
    lead = "".join(one for one in parts.lead[-1:] if one.endswith(":") and parts.numbered and wanted.count > 1)
    return f"{lead}\n{text}" if lead else text


def _few_words(things: list[str], wanted: Wanted) -> list[str]:
    """Return the things of a sentence of which some are wanted; of which only one is, if they are no clauses."""
    if wanted.count > 1:
        return things
    return things if wanted.alone and all(len(one.split()) <= words.FEW_WORDS for one in things) else []


def _lists_kind(knowledge: Knowledge, parts: Parts, asked: tuple[str, ...]) -> bool:
    """Return whether the list of a text is one of things of the kind that is asked for."""
    return len(parts.points) > 1 and bool(_of_kinds(knowledge, "; ".join(one.name for one in parts.points), asked))


def _names(knowledge: Knowledge, reply: Reply, parts: Parts, asked: tuple[str, ...]) -> list[str]:
    """Return the names that a reply tells: of the kind that is asked for, of its list, in bold, in a row, or of its topic."""
    of_kind = _of_kinds(knowledge, reply.text, asked)
    if len(parts.points) > 1 and (not of_kind or _lists_kind(knowledge, parts, asked)):
        return [one.name for one in parts.points]
    in_a_row = _enumerated(parts)
    if of_kind:
        tells_all = len(in_a_row) > len(of_kind) and all(any(one in each for each in in_a_row) for one in of_kind)
        return in_a_row if tells_all else of_kind
    bold = words.bold_names(reply.text)
    return bold if len(bold) > 1 else in_a_row or bold or [one.name for one in _items(knowledge, reply)]


def _enumerated(parts: Parts) -> list[str]:
    said = (one for lead in parts.lead for one in sentences(lead) if not one.endswith("?"))
    return next((found for one in said if (found := words.enumerated(one))), [])


def _items(knowledge: Knowledge, reply: Reply) -> list[Point]:
    """Return the list of the reply's topic, unless it tells facts of a thing."""
    try:
        topic = knowledge.topic(reply.topic) if reply.topic else None
    except UnknownKey:  # an open subject
        return []
    if topic is None or knowledge.described_by(topic.key):
        return []
    return [Point(one.name, f": {one.text}" if one.text else "") for one in topic.items]


def _to_check(knowledge: Knowledge) -> list[Point]:
    """Return what to look at before one chooses."""
    key = knowledge.roles().get(CHOOSING, "")
    items = knowledge.topic(key).items if knowledge.has_topic(key) else ()
    return [Point(one.name, f": {one.text}" if one.text else "") for one in items]


def _of_kinds(knowledge: Knowledge, text: str, asked: tuple[str, ...]) -> list[str]:
    """Return the names of things of the kind that is asked for in a text, in their order there.

    A name inside another one is none: "London" in "London School of Economics".
    """
    kinds = {kind for one in asked for kind in KINDS[one]}
    if not kinds:
        return []
    lower = text.lower()
    found = [
        (start, end, kind, one.key)
        for kind in CATALOGUE_KINDS
        for one in knowledge.names(kind)
        for name in {one.name, one.short}
        if name.lower() in lower  # most names are not there, and a search by pattern takes long
        for start, end in words.places_of(name, text)
    ]
    outer = [one for one in found if not any(_holds(other, one) for other in found)]
    roles = {ROLES[one] for one in asked if one in ROLES}
    named: dict[tuple[str, str], str] = {}
    for start, end, kind, key in sorted(outer):
        if kind in kinds and (kind != "provider" or not roles or knowledge.provider(key).role in roles):
            named.setdefault((kind, key), text[start:end])
    return list(dict.fromkeys(named.values()))


def _holds(one: tuple[int, int, str, str], other: tuple[int, int, str, str]) -> bool:
    """Return whether one name lies around another one in a text."""
    return one[0] <= other[0] and other[1] <= one[1] and one[1] - one[0] > other[1] - other[0]
