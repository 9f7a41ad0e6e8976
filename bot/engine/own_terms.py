"""Tells which of the catalogue's terms the words of a message stand for: subjects, kinds, levels and categories of prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nlu.extraction.amounts.amount import Amount
from nlu.extraction.offerings.further_criteria import RECOGNISED_BY
from nlu.extraction.offerings.offering_criteria import categories_in, discounts_in, labels_in, names_a_place, numbers_in
from nlu.extraction.offerings.search_words import (
    OTHER,
    PERSON,
    PLACE,
    SUBJECT,
    TYPE,
    SearchWord,
    is_for_all,
    is_shortened,
    is_slip,
    language_after,
    neighbours,
    places_follow,
    same_stems,
    shortened,
)
from nlu.extraction.preferences import level_in
from own_programs.search.catalogue import Catalogue
from own_programs.search.names import NameMatch
from own_programs.search.near_terms import LEAST, Encode
from own_programs.search.wishes import Wishes, WordWish

CATEGORY, LEVEL, LEVEL_NUMBER, STATED_LEVEL = "category", "level", "level_number", "stated_level"
BEGINNER = "beginner"
SHORTEST_BEGINNING = 5  # letters of a word that may be the beginning of a subject
SHORTEST_SHORT_BEGINNING = 3  # the same, if programs on that subject hold the word, too
LEAST_OF_BODY = 3  # words of a body's name without its first one
MOST_ALSO = 4  # forms of a name by which what is near to it is found, too
NEAR_WHOLE = 0.55  # cosine from which words with another between them are one thing ("keeping kids safe")
COVERED = "covered"  # kind of what only belongs to another wish
FOR_ALL_TOO = (BEGINNER, "intermediate")  # levels that programs for every learner have, too
_AM = re.compile(r"\b(?:i'?m|i am|i work as|as) an? $", re.I)  # what the writer is
_BETWEEN = re.compile(r" (?!(?:or|and|in|for|with|to|at|from|but|not|vs)\b)[a-z]+ ", re.I)
FormsOf = Callable[[str, str], list[str]]  # tells in which forms a name of the guide may stand, by its kind and key


def types_in(text: str, catalogue: Catalogue) -> list[NameMatch]:
    """Return the types of several words that a message names, though each is an everyday word ("summer school")."""
    labels = [facet.label for facet in catalogue.stated("types") if " " in facet.label]
    return [
        NameMatch("type", text[start:end], label, start, end, 1.0, "exact", (label,))
        for each, label in _ways_to_say(labels)
        for _, start, end in labels_in(text, [each])
    ]


def longest_types(found: Sequence[NameMatch]) -> list[NameMatch]:
    """Return names without the types that are a part of another's name: "certificate" of "postgrad certificate"."""
    types = [each for each in found if each.kind == "type"]
    inside = [
        one
        for one in types
        for other in types
        if other.start <= one.start and one.end <= other.end and len(one.text) < len(other.text)
    ]
    return [each for each in found if each not in inside]


def without_other_kinds(text: str, found: Sequence[NameMatch]) -> list[NameMatch]:
    """Return names without those that stand where a place is meant: "Reading" of "courses in Reading"."""
    places = [each for each in found if each.kind in ("place", "country")]
    led = [each for each in places if places_follow() & set(text[: each.start].lower().split()[-1:])]
    inside = [one for one in found for other in led if other.start <= one.start and one.end <= other.end]
    return [each for each in found if each in places or each not in inside]


def _ways_to_say(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return the forms of labels with the labels themselves: "postgrad certificate" for "Postgraduate certificate"."""
    forms = [(form, label) for label in labels for form in (label, *shortened(label))]
    return list(dict.fromkeys(forms))


def subjects_meant(
    words: Sequence[SearchWord], catalogue: Catalogue, forms_of: FormsOf
) -> tuple[list[NameMatch], list[SearchWord]]:
    """Return the subjects that words stand for, and the other words.

    They are words for those who do it ("courses for nurses", "become a project manager"), or others by which the guide knows
    the same field ("childcare").
    """
    labels = [facet.label for facet in catalogue.stated("subjects")]
    subjects, others = [], []
    for word in words:
        sought = word.role in (SUBJECT, OTHER)
        called = next(iter(forms_of(*word.name)), "").casefold() if sought and word.name else ""
        label = next(
            (each for each in labels if sought and (_is_written_short(word.text, each) or each.casefold() == called)),
            "",
        )
        if label and (_is_written_short(word.text, label) or not catalogue.search.holds(word.text)):
            subjects.append(NameMatch("subject", word.text, label, word.start, word.end, 1.0, "exact", (label,)))
        else:
            others.append(word)
    return subjects, others


def near_in_meaning(
    word: SearchWord, catalogue: Catalogue, encode: Encode, forms: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what programs are about that is near in meaning to a word that none holds ("horses").

    `forms` are those in which the guide knows what it names ("cooking" for "cookery").
    """
    sought = word.role in (SUBJECT, OTHER)
    if not sought or catalogue.search.holds(word.text):
        return ()
    if found := catalogue.near(word.text, encode, also=forms[:MOST_ALSO]):
        return found
    parts = word.text.split()  # "sick dogs" are dogs, and "dog groomers" are about dogs
    return (catalogue.near(parts[-1], encode) or catalogue.near(parts[0], encode)) if len(parts) > 1 else ()


def subjects_beside(word: SearchWord, catalogue: Catalogue, encode: Encode) -> tuple[str, ...]:
    """Return subjects near in meaning to a word that some programs hold: "Horticulture" for "gardening"."""
    if word.role != SUBJECT or not catalogue.search.holds(word.text):
        return ()
    near = catalogue.near_subjects(word.text, encode)
    return tuple(each for each in near if not same_stems(each, word.text) and word.text.lower() not in each.lower())


def subjects_in_part(found: Sequence[NameMatch], catalogue: Catalogue) -> list[NameMatch]:
    """Return names, parts of programs' that are a subject in another form as the subject: "data analysis"."""
    labels = [facet.label for facet in catalogue.stated("subjects")]
    meant: dict[tuple[str, int], NameMatch] = {}
    for each in found:
        part = each.kind == "program" and each.how == "short"
        label = next((one for one in labels if same_stems(each.text, one)), "") if part else ""
        if label:
            subject = NameMatch("subject", each.text, label, each.start, each.end, 1.0, "exact", (label,))
            meant.setdefault((label, each.start), subject)
        else:
            meant[each.label + each.kind, each.start] = each
    return list(meant.values())


def put_together(
    words: Sequence[SearchWord], text: str, catalogue: Catalogue, encode: Encode | None = None
) -> list[SearchWord]:
    """Return sought words, two that stand side by side and are a subject together as one: "software developers".

    So are two of which no listing holds the second, if both together are near to something ("wind farms").
    """
    labels = [facet.label for facet in catalogue.stated("subjects")]
    found: list[SearchWord] = []
    for word in words:
        last = found[-1] if found else None
        beside = last and text[last.end : word.start] in (" ", "-") and {last.role, word.role} <= {SUBJECT, OTHER}
        named = last and last.role == PLACE and word.role == SUBJECT and text[last.end : word.start] == " "
        if last and named:  # "Viking history"
            found[-1] = replace(word, text=text[last.start : word.end], start=last.start, name=None, clear=True)
        elif last and beside and any(_is_written_short(text[last.start : word.end], each) for each in labels):
            found[-1] = replace(word, text=text[last.start : word.end], start=last.start, name=None)
        elif last and encode and _is_one_thing(text, last, word, catalogue, encode):
            found[-1] = replace(
                word, text=text[last.start : word.end], start=last.start, name=None, role=SUBJECT, clear=True
            )
        else:
            found.append(word)
    return found


def _is_one_thing(text: str, one: SearchWord, other: SearchWord, catalogue: Catalogue, encode: Encode) -> bool:
    """Return whether two sought words, side by side or with a word between them, are near to something only together."""
    between = text[one.end : other.start]
    beside, apart = between in (" ", "-"), bool(_BETWEEN.fullmatch(between))
    if not (beside or apart) or {one.role, other.role} != {SUBJECT}:
        return False
    known = catalogue.search.holds(other.text)
    if known and catalogue.search.count(_with_both(one.text, other.text)):
        return False
    floor = LEAST if beside and not known else NEAR_WHOLE
    return bool(catalogue.near(text[one.start : other.end], encode, floor))


def _with_both(*words: str) -> Wishes:
    """Return the wish for programs whose names or subjects hold words."""
    return Wishes(words=tuple(WordWish((each,), "title") for each in words), future_only=False)


def people_as_subjects(
    words: Sequence[SearchWord], text: str, catalogue: Catalogue, encode: Encode
) -> list[SearchWord]:
    """Return words with what the writer is as what is sought, if nothing else is: "I'm a childminder, which would help?"."""
    if any(each.role in (SUBJECT, OTHER) for each in words):
        return list(words)
    return [_as_subject(each, catalogue, encode) if _AM.search(text[: each.start]) else each for each in words]


def _as_subject(word: SearchWord, catalogue: Catalogue, encode: Encode) -> SearchWord:
    """Return the word for a person as what is sought, if programs hold it or come near to it."""
    meant = replace(word, role=SUBJECT, clear=True)
    known = catalogue.search.holds(word.text, "any") or near_in_meaning(meant, catalogue, encode)
    return meant if word.role == PERSON and known else word


def _is_written_short(phrase: str, label: str) -> bool:
    """Return whether words name a label, be some of them shortened: "vet nurse" for "Veterinary nursing"."""
    return same_stems(phrase, label) or is_shortened(phrase, label)


def widened(word: SearchWord, text: str, taken: Sequence[tuple[int, int]], catalogue: Catalogue) -> SearchWord:
    """Return a sought word with the everyday word beside it that makes it a name or a subject: "early years", "first aider"."""
    if word.role not in (SUBJECT, OTHER) or word.name:
        return word
    labels = [facet.label for facet in catalogue.stated("subjects")]
    for start, end in neighbours(text, word.start, word.end):
        free = all(end <= first or last <= start for first, last in taken)
        phrase = text[start:end]
        if free and (any(same_stems(phrase, each) for each in labels) or catalogue.search.holds(phrase)):
            return replace(word, text=phrase, start=start, end=end)
    return word


def subjects_begun(word: SearchWord, catalogue: Catalogue) -> list[str]:
    """Return the subjects of which a single sought word is the beginning ("photo" of "Photography").

    A short word also has to stand in programs on the subject: "bees" for "Beekeeping".
    """
    said = word.text.lower()
    said = said if len(said) >= SHORTEST_BEGINNING else said.removesuffix("s")
    if word.role not in (SUBJECT, OTHER) or len(said) < SHORTEST_SHORT_BEGINNING or " " in said:
        return []
    labels = [facet.label for facet in catalogue.stated("subjects")]
    begun = [each for each in labels if any(one.startswith(said) and one != said for one in each.lower().split())]
    return begun if len(said) >= SHORTEST_BEGINNING else [each for each in begun if _is_about(said, each, catalogue)]


def is_for_subject(word: SearchWord, beside: Sequence[SearchWord], catalogue: Catalogue) -> bool:
    """Return whether what something is for is the beginning of a subject: "anything for vets"."""
    return word.role == OTHER and word not in beside and bool(subjects_begun(word, catalogue))


def _is_about(word: str, subject: str, catalogue: Catalogue) -> bool:
    """Return whether the names or skills of programs on a subject hold a word."""
    wishes = Wishes(words=(WordWish((word,)),), subjects=(subject,), future_only=False)
    return bool(catalogue.search.count(wishes))


def is_slip_of_everyday_word(word: SearchWord, catalogue: Catalogue) -> bool:
    """Return whether a sought word that no listing holds is an everyday word with a typing mistake ("anithing")."""
    return word.role in (SUBJECT, OTHER) and is_slip(word.text) and not catalogue.search.holds(word.text, "any")


def spelt(word: SearchWord, catalogue: Catalogue, is_word: Callable[[str], bool]) -> SearchWord:
    """Return a sought word without its typing mistakes, if the catalogue holds it so, and not as it was typed.

    What is a word of its own is no typing mistake: "meditation" is none of "medication".
    """
    read = catalogue.names.words(word.text)
    right = " ".join(each.written if is_word(each.written) else each.stands_for for each in read)
    mended = right != " ".join(each.written for each in read) and not catalogue.search.holds(word.text, "any")
    return replace(word, text=right) if mended and catalogue.search.holds(right) else word


def types_meant(words: Sequence[SearchWord], catalogue: Catalogue) -> tuple[list[NameMatch], list[SearchWord]]:
    """Return the types that words for kinds stand for ("badge" for the only one that is a "Digital badge"), and the others."""
    labels = [facet.label for facet in catalogue.stated("types")]
    types, others = [], []
    for word in words:
        last = word.text.lower().split()[-1].rstrip("s")  # "badge" of "online badge"
        meant = [each for each in labels if word.role == TYPE and labels_in(each, [last])]
        if len(meant) == 1:
            types.append(NameMatch("type", word.text, meant[0], word.start, word.end, 1.0, "exact", (meant[0],)))
        else:
            others.append(word)
    return types, others


def placed(word: SearchWord, text: str, catalogue: Catalogue) -> SearchWord:
    """Return a word that the guide knows for a place as a subject, if it does not say where and programs are about it."""
    before = text[: word.start].split()
    if word.role != PLACE or before and before[-1].lower() in places_follow():
        return word
    if end := language_after(text, word.end):
        return replace(word, text=text[word.start : end], end=end, role=SUBJECT, clear=True, name=None)
    return replace(word, role=SUBJECT, clear=True) if catalogue.search.holds(word.text) else word


def is_definite(text: str, start: int, end: int) -> bool:
    """Return whether a name at text[start:end] is that of one thing that is known: "the badge", and not "the best badges"."""
    known = not {"the", "this", "that"}.isdisjoint(text[:start].lower().split()[-2:])
    return known and text[start:end][-1:].lower() != "s"


def stated_levels(text: str, catalogue: Catalogue) -> list[Amount]:
    """Return the levels in the catalogue's own words that a message names ("postgraduate stuff")."""
    labels = [facet.label for facet in catalogue.stated("levels") if not is_for_all(facet.label)]
    return [
        Amount(STATED_LEVEL, label, start, end)
        for each, label in _ways_to_say(labels)
        for _, start, end in labels_in(text, [each])
    ]


def categories(text: str, catalogue: Catalogue) -> list[Amount]:
    """Return the categories of prices that a message names, as the catalogue states them."""
    labels = [facet.label for facet in catalogue.stated("price_categories")]
    found = [Amount(CATEGORY, label, start, end) for label, start, end in labels_in(text, labels)]
    found = [each for each in found if not names_a_place(text, each.start)]
    said = {each.value for each in found}
    meant = (each for each in categories_in(text, labels) if each[0] not in said)
    found += [Amount(CATEGORY, label, start, end) for label, start, end in meant]
    return [*found, *(Amount(COVERED, "", start, end) for start, end in discounts_in(text))] if found else []


def recognitions(text: str, catalogue: Catalogue, taken: Sequence[Amount | NameMatch]) -> list[Amount]:
    """Return the bodies that recognise programs, and the purposes for which they do, that a message names, as one wish.

    A body may be named without its first word: "the Guild of Potters" of "Northern Guild of Potters".
    """
    offerers = {facet.label for facet in catalogue.stated("providers")}
    labels = [facet.label for facet in catalogue.stated("bodies") if facet.label not in offerers]
    labels += [rest for label in labels if len((rest := label.partition(" ")[2]).split()) >= LEAST_OF_BODY]
    bodies = _free(labels_in(text, labels), taken)
    purposes = _free(labels_in(text, [facet.label for facet in catalogue.stated("purposes")]), taken)
    found = [*bodies[:1], *purposes[:1]]
    if not found:
        return []
    label = " ".join(
        [*(f"by the {name}" for name, _, _ in bodies[:1]), *(f"for {name}" for name, _, _ in purposes[:1])]
    )
    value = f"{label}={' '.join(name for name, _, _ in found)}"
    return [Amount(RECOGNISED_BY, value, start, end) for _, start, end in found[:1]] + [
        Amount(COVERED, "", start, end) for _, start, end in found[1:]
    ]


def _free(found: Iterable[tuple[str, int, int]], taken: Sequence[Amount | NameMatch]) -> list[tuple[str, int, int]]:
    """Return what overlaps nothing that is taken, the longest first."""
    kept = [each for each in found if not any(one.start < each[2] and each[1] < one.end for one in taken)]
    return sorted(kept, key=lambda each: each[1] - each[2])


def _state_eqf(labels: Sequence[str], number: int, catalogue: Catalogue) -> bool:
    """Return whether all programs of levels with a number state the same number of the EQF."""
    of_level = Wishes(levels=tuple(labels), future_only=False)
    all_of_them = catalogue.search.count(of_level)
    return catalogue.search.count(replace(of_level, eqf_from=number, eqf_to=number)) == all_of_them


def level_of(each: Amount, catalogue: Catalogue) -> tuple[str, list[str]]:
    """Return a level as `NAME=label|label` of the catalogue's levels that are meant by it, or as one of the EQF."""
    labels = [facet.label for facet in catalogue.stated("levels")]
    key, number = level_in(each.value), each.value.lstrip("<>")
    if each.kind == LEVEL_NUMBER:
        named = [label for label in labels if number in numbers_in(label)]
        if not named or number != each.value or _state_eqf(named, int(number), catalogue):
            return "eqf", [each.value]
    else:
        named = [label for label in labels if label == each.value or key and level_in(label) == key]
        named += [label for label in labels if each.value in FOR_ALL_TOO and is_for_all(label)]
    return LEVEL, [f"{each.value.lower()}={'|'.join(dict.fromkeys(named or [each.value]))}"]
