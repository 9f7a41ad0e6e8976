"""Keeps to the form in which somebody wants an answer, and says the last answer in another form.

Every answer passes here (`in_form`), whatever row gave it, and so does the last one where a message is nothing but a wish for a form
("just the names", "and in one sentence?").
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding, Wanted
from actions.replies import forms as words
from actions.replies.base import ANSWERED, DECLINED, Reply, first_sentence, paragraphs, sentences
from actions.replies.forms import Parts, Point
from core.contract.intents import DISTRESS, FEEL_LOW, SUM_UP, WANT_PERSON
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge

NEVER = (DISTRESS, FEEL_LOW, WANT_PERSON)
MOST_KEPT = 1500  # letters of the last answer that are kept
# Attributes that ask for things, with the kinds of these.
KINDS = {
    "destinations": ("destination", "place"),
    "institutions": ("institution", "provider"),
    "types": ("type",),
    "providers": ("provider",),
    "companies": ("provider",),
    "platforms": ("provider",),
    "fields": ("field",),
    "industries": ("industry", "field"),
    "programs": ("program",),
}
FROM_THERE = "shown"  # what decides where the last answer is said in another form


def last_in_form(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say the last answer in the form that a message asks for, if it asks for nothing else; None otherwise."""
    wanted = understanding.wanted
    if not wanted.alone or not state.told or understanding.intent in NEVER:
        return None
    last = state.queries[-1] if state.queries else None
    kinds = _kinds(last.attributes) if last else ()
    full = Reply(state.told, ANSWERED, state.told_topic or None)
    text = _shaped(knowledge, full, wanted, kinds)
    if text is None:
        return None
    if text == state.told or not set(text.split()) - set(state.told.split()) and len(text) > len(state.told) - 5:
        text = f"{words.NO_SHORTER} {words.clipped(text)}" if wanted.short or wanted.plain else text
    return Answer(replace(full, text=text), replace(state, brief=True))


def in_form(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Answer:
    """Return the answer in the form that the message wants, if it wants one."""
    wanted, reply = understanding.wanted, answer.reply
    if not wanted.any or wanted.alone or reply.response or understanding.intent in (*NEVER, SUM_UP):
        return answer
    if reply.outcome not in (ANSWERED, DECLINED) or understanding.further:
        return answer
    if reply.outcome == DECLINED:
        text = _declined(reply, wanted)
    else:
        text = _shaped(knowledge, reply, wanted, _kinds(understanding.attributes))
    return answer if not text or text == reply.text else replace(answer, reply=words.in_brief(reply, text))


def kept_text(before: DialogueState, answer: Answer) -> tuple[str, str]:
    """Return the text of the last answer and its topic, as they are remembered for a wish for another form."""
    reply = answer.reply
    if reply.outcome not in (ANSWERED, DECLINED) or reply.response or not reply.text:
        return before.told, before.told_topic
    return reply.text[:MOST_KEPT], reply.topic or ""


def _kinds(attributes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of the things that are asked for first."""
    return next((KINDS[one] for one in attributes if one in KINDS), ())


def _declined(reply: Reply, wanted: Wanted) -> str:
    """Return a reply that something isn't known, in a sentence where one is wanted; a list of it there is none."""
    if wanted.shape in ("sentences", "words", "yes-no", "number") or wanted.short or wanted.count:
        return first_sentence(reply.text) if wanted.limit < 2 else " ".join(sentences(reply.text)[: wanted.limit])
    return ""


def _shaped(knowledge: Knowledge, reply: Reply, wanted: Wanted, kinds: tuple[str, ...]) -> str | None:
    """Return the text of a reply in the form that is wanted, or None where it has nothing to make that of."""
    parts = words.parts_of(reply.text)
    if wanted.count:
        return _counted(knowledge, reply, parts, wanted, kinds)
    match wanted.shape:
        case "names" | "inline":
            names = _names(knowledge, reply, parts, kinds)
            return words.named(names, wanted.shape == "inline") if names else first_sentence(reply.text)
        case "list" | "numbered":
            things = () if parts.points else _names(knowledge, reply, parts, kinds)
            return words.as_list(parts, reply.text, wanted.shape == "numbered", things if len(things) > 1 else ())
        case "table":
            points = parts.points or tuple(_items(knowledge, reply))
            return words.lines_of(points) if len(points) > 1 else None
        case "sentences":
            return words.in_sentences(parts, wanted.limit)
        case "words":
            return words.in_words(parts, wanted.limit)
        case "yes-no":
            return None if wanted.alone else first_sentence(reply.text)
        case "number":
            return _number(reply.text)
    return _short(parts, wanted)


def _short(parts: Parts, wanted: Wanted) -> str:
    """Return the first sentence or two of a text, cut if it is short that is wanted."""
    text = words.in_sentences(parts, 1)
    text = words.clipped(text) if wanted.short else text
    if wanted.plain and not wanted.short:
        text = words.in_sentences(parts, 2)
    return text


def _number(text: str) -> str:
    first = first_sentence(text)
    number = words.number_in(first)
    return f"{number}." if number and not re.search(r"\b(?:to|few|several|from)\b", first) else first


def _counted(
    knowledge: Knowledge, reply: Reply, parts: Parts, wanted: Wanted, kinds: tuple[str, ...]
) -> str | None:
    """Return as many things as are wanted: of the kind that is asked for, of the list, of the topic, or sentences."""
    of_kind = [Point(name) for name in _of_kinds(knowledge, reply.text, kinds)]
    points = list(parts.points)
    if of_kind and (len(points) < 2 or not _of_kinds(knowledge, " ".join(one.name for one in points), kinds)):
        points, bare = of_kind, True
    else:
        bare = wanted.shape in ("names", "inline")
        points = points if len(points) > 1 else [] or list(_items(knowledge, reply))
        points = points or [Point(one) for one in _enumerated(parts)]
    if not points:
        names = words.bold_names(reply.text)
        points, bare = [Point(one) for one in names if len(names) > 1], True
    if not points:
        return None if wanted.alone else words.in_sentences(parts, 1 if wanted.count == 1 else wanted.count)
    numbered = parts.numbered or wanted.shape == "numbered"
    text = words.counted(points, wanted.count, wanted.ranked, numbered, bare)
    lead = "".join(one for one in parts.lead[-1:] if one.endswith(":") and parts.numbered)
    return f"{lead}\n{text}" if lead and wanted.count > 1 else text


def _names(knowledge: Knowledge, reply: Reply, parts: Parts, kinds: tuple[str, ...]) -> list[str]:
    """Return the names that a reply tells: of the kind that is asked for, of its list, in bold, in a row, or of its topic."""
    of_kind = _of_kinds(knowledge, reply.text, kinds)
    if len(parts.points) > 1 and not (
        of_kind and not _of_kinds(knowledge, " ".join(one.name for one in parts.points), kinds)
    ):
        return [one.name for one in parts.points]
    bold = words.bold_names(reply.text)
    found = of_kind or bold if len(of_kind) != 1 or len(bold) < 2 else bold
    return found if len(found) > 1 else _enumerated(parts) or found or [one.name for one in _items(knowledge, reply)]


def _enumerated(parts: Parts) -> list[str]:
    return next((found for lead in parts.lead for one in sentences(lead) if (found := words.enumerated(one))), [])


def _items(knowledge: Knowledge, reply: Reply) -> list[Point]:
    """Return the list of the reply's topic, unless it tells facts of a thing."""
    try:
        topic = knowledge.topic(reply.topic) if reply.topic else None
    except UnknownKey:  # an open subject
        return []
    if topic is None or knowledge.described_by(topic.key):
        return []
    return [Point(one.name, f": {one.text}" if one.text else "") for one in topic.items]


def _of_kinds(knowledge: Knowledge, text: str, kinds: tuple[str, ...]) -> list[str]:
    """Return the names of things of these kinds in a text, in their order there."""
    found: dict[int, str] = {}
    for kind in kinds:
        for one in knowledge.names(kind):
            for name in {one.name, one.short}:
                if match := re.search(rf"(?<!\w){re.escape(name)}(?:s|es)?(?!\w)", text, re.I if kind != "place" else 0):
                    at = found.get(match.start(), "")
                    found[match.start()] = max(at, match[0], key=len)
    return list(dict.fromkeys(_without_inner(found, text)))


def _without_inner(found: dict[int, str], text: str) -> list[str]:
    """Return names in their order without those that lie in another ("digital marketing" in the name of a course)."""
    names: list[str] = []
    end = -1
    for at in sorted(found):
        if at >= end:
            names.append(found[at])
            end = at + len(found[at])
    return list({name.casefold().removeprefix("the "): name for name in names}.values())


def joined(*texts: str) -> str:
    """Return texts as paragraphs."""
    return paragraphs(*texts)
