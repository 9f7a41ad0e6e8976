"""Words for what a person said of themselves: as a half-sentence, as a sentence, and as lines for staff."""

from __future__ import annotations

from dataclasses import dataclass

from actions.replies.base import listed

LEVELS = {
    "no-degree": "no degree",
    "unqualified": "no formal qualifications",
    "left-school": "left school early",
    "part-degree": "part of a degree",
    "school": "finished school",
    "diploma": "a diploma",
    "bachelor": "a bachelor's degree",
    "master": "a master's degree",
    "doctorate": "a doctorate",
}
AS_CLAUSES = ("school", "left-school")  # levels that somebody doesn't "have"
UNGRADUATED = ("school", "left-school", "no-degree", "unqualified")
GOALS = {
    "career": "getting on in your work",
    "promotion": "a promotion",
    "new-career": "a new career",
    "new-job": "a job",
    "job-abroad": "a job abroad",
    "remote-job": "a remote job",
    "further-study": "further study",
    "migrate": "a move abroad",
    "licence": "up-to-date skills for your profession",
    "business": "a business of your own",
    "fun": "your own interest",
}
SITUATIONS = {
    "lost-job": "no longer in your old job",
    "out-of-work": "looking for work",
    "student": "a student",
    "at-home": "at home with your family",
    "self-employed": "self-employed",
    "retired": "retired",
    "no-job": "not looking for a job",
}
TIMES = {
    "daytime": "certain hours of the day",
    "evenings": "evenings",
    "weekends": "weekends",
    "full-time-job": "beside full-time work",
    "shifts": "beside shift work",
    "little": "little time",
}
LIMITS = {
    "no-travel": "can't travel",
    "children": "have children to look after",
    "care": "care for somebody at home",
    "weak-english": "find English hard",
    "weak-language": "find the language hard",
    "access": "need a course that is accessible to you",
    "no-papers": "have trouble with papers",
    "no-licence": "have no need of a licence",
    "weak-connection": "have a weak connection or device",
    "beginner": "are new to it",
    "experienced": "are experienced",
}
# A few warm words, said once, for what is hard or worrying: by part and code of the profile.
WARM = {
    ("mood", "nervous"): "It is natural to be worried about a step like this; let's take it one thing at a time.",
    ("mood", "grief"): "I'm sorry for your loss.",
    ("mood", "flight"): "I'm sorry that you had to leave your home.",
    ("mood", "doubts"): "Many people feel that way before they begin; let's see what fits you.",
    ("situation", "lost-job"): "Losing a job is not easy; let's see what could help now.",
    ("situation", "out-of-work"): "Being without work is not easy; let's see what could help now.",
    ("mood", "worn"): "That sounds tiring, and it makes sense to look for a change.",
    ("limits", "no-papers"): "I'm sorry that you are in such a hard position.",
}
PRIVATE = ("no-papers", "no-licence")  # by which nobody is introduced: a hardship, and what is not needed
# The same as they are repeated when somebody has just told them: "All right, online and in the evenings."
NOTED_TIMES = {
    "daytime": "at certain hours of the day",
    "evenings": "in the evenings",
    "weekends": "at weekends",
    "full-time-job": "beside full-time work",
    "shifts": "beside shift work",
    "little": "with little time",
}
NOTED_LIMITS = {
    "no-travel": "without travelling",
    "children": "with children to look after",
    "care": "with somebody to care for at home",
    "weak-english": "without much English",
    "weak-language": "without much of the language",
    "access": "with a course that is accessible",
    "weak-connection": "with a weak connection or device",
    "no-licence": "with no licence to keep",
    "beginner": "as a beginner",
    "experienced": "for people with experience",
}
PRONOUNS = {
    **dict.fromkeys(("son", "brother", "husband", "father", "nephew", "grandfather", "uncle", "boyfriend"), "he"),
    **dict.fromkeys(("daughter", "sister", "wife", "mother", "niece", "grandmother", "aunt", "girlfriend"), "she"),
}
RETIRED = "retired"  # a situation
SOMEBODY = "learner"  # somebody of whom nothing else is known
FOR_STAFF, MODES = "staff", {"online": "online", "in-person": "in person", "hybrid": "partly online"}


@dataclass(frozen=True)
class Person:
    """A profile with the names of the catalogue in words; what is empty was not said. `limits`, `time` … hold codes."""

    work: str = ""
    past: bool = False  # whether the work is over
    origin: str = ""
    lives: str = ""
    studied: str = ""
    level: str = ""
    situation: str = ""
    goal: str = ""
    field: str = ""
    place: str = ""
    mode: str = ""
    budget: str = ""
    whom: str = ""
    age: str = ""
    time: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()

    @property
    def of_other(self) -> bool:
        """True if they ask for somebody else."""
        return bool(self.whom)

    @property
    def whose(self) -> str:
        """The person that the course is for: "you", "your son"."""
        if self.whom == SOMEBODY:
            return "them"
        return f"your {self.whom}" if self.whom else "you"


def as_a(person: Person) -> str:
    """Take the person in with half a sentence, "As a nurse from Kenya who can't travel"; "" if little is known."""
    origin = f" from {person.origin}" if person.origin else f" in {person.lives}" if person.lives else ""
    wish = _wish(person)
    if person.of_other:
        return f"For {person.whose}{wish and f', {wish},'}".rstrip(",")
    if person.work.startswith("in "):
        works = "worked" if person.past else "works"
        return f"As someone{origin} who {works} {person.work}{' and ' + wish.removeprefix('who ') if wish else ''}"
    if person.work:
        return f"As {_work(person)}{origin}{wish and ' ' + wish}"
    if person.studied:
        return f"As someone{origin} who studied {person.studied}"
    if person.level in ("bachelor", "master", "doctorate", "diploma"):
        return f"With {LEVELS[person.level]}{wish and ', and as someone ' + wish}"
    if origin:
        return f"As someone{origin}{wish and ' ' + wish}"
    return f"As someone {wish}" if wish else ""


def _work(person: Person) -> str:
    """Return the work with its article, "a former teacher" if it is over, "a retired teacher" of one who is retired."""
    article, _, work = person.work.partition(" ")
    if article not in ("a", "an") or work.startswith(("retired ", "former ")):
        return person.work
    return f"a retired {work}" if person.situation == RETIRED else f"a former {work}" if person.past else person.work


def _wish(person: Person) -> str:
    """Return the one wish or limit that matters most, as "who …"."""
    verbs = [
        LIMITS[code].replace("to you", "to them") for code in person.limits if code in LIMITS and code not in PRIVATE
    ]
    if person.of_other:
        return ""
    if "no-travel" in person.limits:
        return f"who {LIMITS['no-travel']}"
    if person.mode:
        return f"who wants to study {MODES.get(person.mode, person.mode)}"
    third = {"are": "is", "have": "has", "care": "cares", "find": "finds", "need": "needs"}
    if verbs:
        verb, _, rest = verbs[0].partition(" ")
        return f"who {third.get(verb, verb)} {rest}"
    return ""


def in_sentences(person: Person, brief: bool = False) -> str:
    """Tell what is known, without a full stop: "you are a nurse from Kenya and want to study online".

    `brief` leaves out for whom the course is.
    """
    return listed((*([] if brief else _for_whom(person)), *_background(person), *_wishes(person), *_conditions(person)))


def _for_whom(person: Person) -> list[str]:
    return [f"this is for {person.whose}"] if person.of_other else []


def subject(person: Person) -> str:
    """Return who the course is for, as a pronoun."""
    return _subject(person)[0]


def _subject(person: Person) -> tuple[str, str, str]:
    """Return who it is about, with the forms of "want" and "have" that follow."""
    who = PRONOUNS.get(person.whom, "they") if person.of_other else "you"
    return (who, "wants", "has") if who in ("he", "she") else (who, "want", "have")


def _of_subject(person: Person, text: str) -> str:
    """Return a clause about "you" as it is said of the person that the course is for."""
    who = _subject(person)[0]
    if who == "you":
        return text
    verb, _, rest = text.removeprefix("you ").partition(" ")
    one = {
        "are": "is",
        "have": "has",
        "work": "works",
        "live": "lives",
        "find": "finds",
        "care": "cares",
        "need": "needs",
    }
    his = {"he": "his", "she": "her"}.get(who, "their")
    him = {"he": "him", "she": "her"}.get(who, "them")
    rest = rest.replace("come from", "comes from") if who != "they" else rest
    rest = rest.replace("your", his).replace("to you", f"to {him}")
    return f"{who} {verb if who == 'they' else one.get(verb, verb)} {rest}"


def _aim(person: Person) -> str:
    his = {"you": "your", "he": "his", "she": "her"}.get(_subject(person)[0], "their")
    return GOALS[person.goal].replace("your", his)


def _background(person: Person) -> list[str]:
    who, _, has = _subject(person)
    clauses = []
    place = person.origin and f"from {person.origin}" or person.work and person.lives and f"in {person.lives}"
    if person.work.startswith("in "):
        come = f" and come from {person.origin}" if person.origin else ""
        clauses.append(f"you {'worked' if person.past else 'work'} {person.work}{come}")
    elif person.work or person.origin:
        clauses.append(" ".join(filter(None, ("you are", _work(person), place))))
    if person.age:
        clauses.append(f"you are {person.age}")
    if person.lives and (person.origin or not person.work or person.work.startswith("in ")):
        clauses.append(f"you live in {person.lives}")
    clauses = [_of_subject(person, clause) for clause in clauses]
    if person.studied:
        clauses.append(f"{who} studied {person.studied}")
    if person.level:
        clauses.append(f"{who} {'' if person.level in AS_CLAUSES else f'{has} '}{LEVELS[person.level]}")
    if person.situation and not (person.situation == RETIRED and "retired" in _work(person)):
        clauses.append(_of_subject(person, f"you are {SITUATIONS[person.situation]}"))
    return clauses


def _wishes(person: Person) -> list[str]:
    who, want, has = _subject(person)
    not_wanted = "isn't wanted" if len(person.avoids) == 1 else "aren't wanted"
    out = f"{listed(person.avoids)} {not_wanted}" if person.avoids else ""
    return list(
        filter(
            None,
            (
                person.field and f"the field is {person.field}",
                person.goal and f"the aim is {_aim(person)}",
                person.place and f"{who} {has} {person.place} in mind",
                person.mode and f"{who} {want} to study {MODES.get(person.mode, person.mode)}",
                out,
            ),
        )
    )


def _conditions(person: Person) -> list[str]:
    clauses = []
    if person.budget:
        clauses.append("money is tight" if person.budget == "tight" else f"the budget is {person.budget}")
    if person.time:
        clauses.append(f"the time for it is {listed(TIMES.get(code, code) for code in person.time)}")
    return [*clauses, *(_of_subject(person, f"you {LIMITS[code]}") for code in person.limits if code in LIMITS)]


def noted(person: Person) -> str:
    """Return what was just told in a few words, as they follow "All right"."""
    wants = (
        person.field,
        person.mode and MODES.get(person.mode, person.mode),
        *(NOTED_TIMES.get(code, f"within {code}") for code in person.time),
        person.goal and f"for {GOALS[person.goal]}",
        person.place and f"with {person.place} in mind",
        person.level and person.level not in UNGRADUATED and f"with {LEVELS[person.level]}",
        person.level in UNGRADUATED
        and f"without {'formal qualifications' if person.level == 'unqualified' else 'a degree'}",
        person.budget and ("on a tight budget" if person.budget == "tight" else f"for {person.budget}"),
        *(NOTED_LIMITS[code] for code in person.limits if code in NOTED_LIMITS),
    )
    return listed(want for want in wants if want)


# What staff read after somebody has started over.
NOTHING_KNOWN = {"label": "Profile", "value": "started over; nothing told since"}


def lines(person: Person) -> list[dict[str, str]]:
    """Return what is known as pairs of label and value, for staff."""
    pairs = {
        "For": person.whom,
        "Work": _work(person),
        "Age": person.age,
        "From": person.origin,
        "Lives in": person.lives,
        "Studied": person.studied,
        "Level": LEVELS.get(person.level, ""),
        "Situation": SITUATIONS.get(person.situation, "").replace("your", "their"),
        "Field": person.field,
        "Aim": GOALS.get(person.goal, "").replace("your", "their"),
        "Place": person.place,
        "Format": MODES.get(person.mode, person.mode),
        "Not wanted": listed(person.avoids),
        "Budget": person.budget,
        "Time": listed(TIMES.get(code, code) for code in person.time),
        "Keep in mind": "; ".join(LIMITS[code].replace("you", "them") for code in person.limits if code in LIMITS),
    }
    return [{"label": label, "value": value} for label, value in pairs.items() if value]


def nor_known(unknown: list[str]) -> str:
    """Say what of the person's own situation the guide leaves open, too."""
    return f"Nor does the guide say {listed(unknown, 'or')}: ask the provider before you enrol."
