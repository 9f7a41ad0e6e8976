"""Chooses the claims that answer a question: the one that leads, and one of another topic that says something else as near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from actions.replies.claims import is_limited, shared_words, side_of, without_side, without_verdict
from core.contract.question_forms import WHY
from knowledge.models import Claim

# Chosen on tests/claim_questions.yml and on questions of claims that were left out of the ranking one at a time; LIKER and
# NEARLY on questions of a blind round that its claims answered wrongly (docs/quality.md).
SURE, TOPIC_WEIGHT = 0.53, 0.34  # likeness from which a claim leads; how much of it the topic's share may make up
SURER = 0.63  # the same for a claim about a thing that holds none of the question's other words
LIKE = 0.25  # likeness without which nothing makes a claim sure
IN_A_PAIR = 0.4  # likeness from which a claim tells one of two subjects; below, the topic does with its first sentences
SECOND_WITHIN = 0.04  # distance in score within which a claim of another topic is added
LIKER, NEARLY = 0.15, 0.12  # by how much a claim must be liker than the leading one, and may fit less well, to lead
ALIKE = 0.02  # distance in score within which two claims of a topic and a form fit as well
SIDE_SURE = 0.4  # likeness from which a claim's yes or no is said; below, it may be one to another question
LEADS = 0.5  # part of the question's content words that such a claim holds
CLEAR = 0.75  # share of a topic that is clear
UNCOVERED = 0.15  # what it costs a claim to hold none of the question's content words
OTHER_SIDE_WITHIN = 0.06  # the same for a claim of the same topic that says the other of yes and no
THE_SAME = 0.95  # likeness from which a claim answers almost the question itself
# Distance in score within which "not always" and a yes change places, as nobody or somebody asks for it.
UNLIMITED_WITHIN = 0.2
SECOND_LIKE = 0.45  # likeness from which a claim of another topic is added
OTHER_NAMES = 0.08  # what it costs a claim to name others of a kind than the question
UNASKED_NAMES = 0.08  # what it costs to be about one thing where the question asks in general
SAME = 0.5  # part of the rarer words that two claims share if they say the same
GROUPS = {"place": "destination"}  # kinds of names that count as one
NAMED_IN_GENERAL = ("destination", "institution", "provider", "program")  # whose claims do not answer in general

Named = tuple[str, str]  # kind and key


@dataclass(frozen=True)
class Candidate:
    """A claim with how well it fits the question (see NearClaim), and the share of its topic."""

    claim: Claim
    score: float
    likeness: float
    share: float = 0.0
    covered: float = 1.0

    @property
    def holds(self) -> bool:
        """Tell whether the claim holds what is asked about, or is about its topic in general where that is clear."""
        return self.covered >= LEADS or self.share >= CLEAR and not self.claim.about

    @property
    def told(self) -> Claim:
        """The claim with the words that it begins with as far as they answer the question itself.

        A yes or no must be like the question, and so must "often" or "it depends" be about what is asked; a reason is chosen
        only where somebody asks why.
        """
        if self.claim.form == WHY or self.holds and self.likeness >= SIDE_SURE:
            return self.claim
        say = without_side(self.claim.say) if self.holds else without_verdict(self.claim)
        return replace(self.claim, say=say)

    @property
    def sure(self) -> bool:
        """Tell whether the claim is near enough to answer the question."""
        enough = SURER if self.claim.about and not self.covered else SURE
        return self.likeness >= LIKE and self.likeness + TOPIC_WEIGHT * self.share >= enough


def choose_claims(
    candidates: Sequence[Candidate], named: Iterable[Named] = (), always: bool | None = None
) -> tuple[Claim, ...]:
    """Return the claims that answer a question, the best first: none, one or two; `named` is what the question names.

    `always` tells whether it asks if something holds always or for sure; None if it asks for no yes or no.
    """
    ranked = fitting(candidates, frozenset(named))
    if not ranked or not ranked[0].sure:
        return ()
    lead = _likest(ranked, _first_said(ranked))
    if always is False and (plain := _unlimited(ranked, lead)):
        return (plain.told, lead.claim)
    if always and (bounded := _limited(ranked, lead)):
        return (bounded.claim,)
    if contrary := next((one for one in ranked if _contradicts(one, lead)), None):
        return (contrary.told,)  # vectors can't tell the two apart, and a wrong no costs less than a wrong yes
    others = [one for one in ranked if one is not lead]
    other_side = next((one for one in others if _is_other_side(one, lead)), None)
    if other_side:  # what the guide says first of the two is the rule, the other one the exception
        both = sorted((lead, other_side), key=lambda one: one.claim.number)
        limited = any(is_limited(one.claim.say) for one in both)  # a plain no answers another question
        nearest = max(both, key=lambda one: one.covered)  # of two that hold as much, the rule
        return tuple(one.told for one in both) if limited else (nearest.told,)
    second = next((one.claim for one in others if _adds(one, lead)), None)
    first = lead.told
    if always is False and side_of(first.say) == "no" and is_limited(first.say):
        first = replace(first, say=without_verdict(first))  # nobody asked whether it holds always
    return (first, second) if second else (first,)


def _unlimited(ranked: Sequence[Candidate], lead: Candidate) -> Candidate | None:
    """Return the best claim of the same topic that says yes, if the leading one but denies that it holds always or for sure."""
    if not is_limited(lead.claim.say) or lead.likeness >= THE_SAME:
        return None
    return next(
        (
            one
            for one in ranked
            if one.claim.topic == lead.claim.topic
            and side_of(one.claim.say) == "yes"
            and one.likeness >= max(SIDE_SURE, lead.likeness - LIKER)
            and lead.score - one.score <= UNLIMITED_WITHIN
        ),
        None,
    )


def _limited(ranked: Sequence[Candidate], lead: Candidate) -> Candidate | None:
    """Return the best claim of the same topic that denies that something holds always or for sure, if it is near enough."""
    near = (one for one in ranked if one.claim.topic == lead.claim.topic and is_limited(one.claim.say))
    best = next(near, None)
    is_near = best and best.likeness >= SIDE_SURE and lead.score - best.score <= UNLIMITED_WITHIN
    return best if is_near and lead.likeness < THE_SAME + ALIKE else None


def _likest(ranked: Sequence[Candidate], lead: Candidate) -> Candidate:
    """Return a claim that is clearly liker the question than the leading one and fits nearly as well, else the leading one."""
    best = max(ranked, key=lambda one: one.likeness)
    is_clear = best.likeness - lead.likeness >= LIKER and lead.score - best.score <= NEARLY
    return best if is_clear else lead


def _first_said(ranked: Sequence[Candidate]) -> Candidate:
    """Return the best candidate, or what its topic says before it in the same form if that fits as well.

    Of two claims that a question cannot tell apart, the first is the rule and the other one its exception.
    """
    best = ranked[0]
    alike = [
        one
        for one in ranked
        if (one.claim.topic, one.claim.form) == (best.claim.topic, best.claim.form) and best.score - one.score <= ALIKE
    ]
    return min(alike, key=lambda one: one.claim.number)


def best_of_topic(candidates: Sequence[Candidate], topic: str, named: Iterable[Named] = ()) -> Candidate | None:
    """Return the claim of one topic that answers a part of a question, or None if none is near."""
    ranked = fitting(candidates, frozenset(named))
    return next((one for one in ranked if one.claim.topic == topic and one.likeness >= IN_A_PAIR), None)


def fitting(candidates: Sequence[Candidate], asked: frozenset[Named]) -> list[Candidate]:
    """Return the candidates that are about nothing else than the question, the best first."""
    costs = [(one, _cost(one.claim, asked)) for one in candidates]
    costed = [
        replace(one, score=one.score - cost - UNCOVERED * (1 - one.covered)) for one, cost in costs if cost is not None
    ]
    return sorted(costed, key=lambda one: -one.score)


def _cost(claim: Claim, asked: frozenset[Named]) -> float | None:
    """Return what the names of a claim take from its score; None if it is about another thing than the question."""
    cost = 0.0
    for kind in sorted({_group(kind) for kind, _ in (*claim.about, *claim.mentions, *asked)}):
        ours, about, mentions = (_keys(names, kind) for names in (asked, claim.about, claim.mentions))
        if ours and not ours & (about | mentions):
            if about:
                return None
            cost += OTHER_NAMES if mentions else 0.0
        if about and not ours and kind in NAMED_IN_GENERAL:
            cost += UNASKED_NAMES
    return cost


def _group(kind: str) -> str:
    return GROUPS.get(kind, kind)


def _keys(names: Iterable[Named], kind: str) -> set[str]:
    return {key for one, key in names if _group(one) == kind}


def _contradicts(other: Candidate, lead: Candidate) -> bool:
    """Return whether a claim of the same topic says no, as near as the leading yes, of much the same."""
    return (
        other.claim.topic == lead.claim.topic
        and (side_of(lead.claim.say), side_of(other.claim.say)) == ("yes", "no")
        and lead.score - other.score <= OTHER_SIDE_WITHIN
        and shared_words(other.claim.say, lead.claim.say) >= SAME
    )


def _is_other_side(other: Candidate, lead: Candidate) -> bool:
    """Return whether a claim of the same topic says no where the leading one says yes, or the other way round."""
    return (
        other.claim.topic == lead.claim.topic
        and {side_of(other.claim.say), side_of(lead.claim.say)} == {"yes", "no"}
        and lead.score - other.score <= OTHER_SIDE_WITHIN
        and shared_words(other.claim.say, lead.claim.say) < SAME
    )


def _adds(other: Candidate, lead: Candidate) -> bool:
    """Return whether a claim is of another topic, as near as the leading one, and says something else beside it."""
    return (
        other.claim.topic != lead.claim.topic
        and other.likeness >= SECOND_LIKE
        and lead.score - other.score <= SECOND_WITHIN
        and side_of(other.claim.say) in (side_of(lead.claim.say), "")
        and shared_words(other.claim.say, lead.claim.say) < SAME
    )
