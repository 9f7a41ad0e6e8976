"""Chooses the claim that answers a question. It is told alone: a second one beside it would answer one time in ten.

How likely it is that a claim answers is told by a ranker that was fitted on labelled questions (`fit` of a near claim).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from actions.replies.base import lower_first
from actions.replies.claims.answers import begins_alike, shared_words
from actions.replies.claims.verdicts import (
    affirms_in_part,
    denies,
    is_hedged,
    is_limited,
    is_of_some,
    lessens,
    not_of_all,
    not_surely,
    requires,
    side_of,
    verdict_of,
    weighs,
    weighs_all,
    without_verdict,
)
from core.contract.question_forms import HOW, WHICH, WHY
from knowledge.models import Claim
from knowledge.queries.claim_names import Named, cost_of_names

# Chosen on the labelled questions of training/claim_questions/, cross-validated (`advisor bench claims`).
ANSWERS = 0.45  # probability from which a claim answers
# The same for a claim about a thing that holds none of the question's other words: half of such ones answer, and three quarters
# of the general ones.
SURER = 0.7
RATHER = 0.2  # the same where a whole topic would answer otherwise
NEAREST = 0.3  # the same from which it is told as what comes nearest
# Probability from which a claim's yes or no is said: it is right for nine in ten of the labelled questions that the claim
# answers. The same of a message that holds a no of its own.
SIDE, SIDE_SURE = 0.3, 0.6
# Part of the leading claim's probability from which one that says the opposite makes its yes or no doubtful.
RIVAL = 0.9
VERY_SURE = 0.9  # probability from which a claim's yes or no is meant, though the question holds a no of its own
LIKELY = 0.3  # share from which a topic is likely what is asked about
CLEAR = 0.75  # share of a topic that is clear
AS_SURE = 0.6  # part of the leading claim's probability from which another claim is as sure
# Part of the best claim's probability from which one that holds so much more of the question's words is the better one: it is
# right for two of three labelled questions of that kind, the other one for one of two.
NEARLY, FULLER = 0.8, 0.3
ALIKE = 0.97  # the same from which two claims of a topic and a form can't be told apart
SAME = 0.5  # part of the rarer words that two claims share if they say the same


@dataclass(frozen=True)
class Candidate:
    """A claim with how well it fits the question (see NearClaim), and the share of its topic."""

    claim: Claim
    fit: float
    share: float = 0.0
    covered: float = 1.0
    turned: bool = False

    def told(self, doubtful: bool = False) -> Claim:
        """Return the claim with the words that it begins with as far as they answer the question itself.

        A yes or no, an "often" and an "it depends" must likely answer it, and none of them does if that is `doubtful`. A
        reason is chosen only where somebody asks why.
        """
        if self.claim.form == WHY or not doubtful and self.fit >= SIDE:
            return self.claim
        return replace(self.claim, say=without_verdict(self.claim))


@dataclass(frozen=True)
class Asking:
    """How a question asks for a yes or no.

    `always` tells whether it asks if something holds always, for sure or alone, None if it asks for no yes or no; `of_all`
    whether it asks if it holds always or for sure. `denies` tells that it holds a no of its own ("isn't it", "without
    experience"), so that a yes or no may mean the opposite, `doubts` that it asks for what is bad about something.
    `of_each` tells that it asks if something holds of all of several, `any` if it holds for anybody or ever, `obliges` if
    something has to be done, `says_no` that the message holds a no, in its question or beside it.
    """

    always: bool | None = None
    of_all: bool = False
    denies: bool = False
    doubts: bool = False
    any: bool = False
    obliges: bool = False
    of_each: bool = False
    says_no: bool = False


def choose_claim(
    candidates: Sequence[Candidate],
    named: Iterable[Named] = (),
    asking: Asking = Asking(),
    least: float = ANSWERS,
) -> Claim | None:
    """Return the claim that answers a question with the probability `least`, or None; `named` is what the question names."""
    ranked = _fuller_first([one for one in fitting(candidates, frozenset(named)) if _may_lead(one)])
    if not ranked or ranked[0].fit < least:
        return None
    lead, always = _first_said(_of_tone(ranked, asking)), asking.always
    as_sure = [one for one in ranked if one is not lead and one.fit >= AS_SURE * lead.fit]
    if asks_for_denied(ranked, asking):  # where it does hold was not asked
        as_sure = [one for one in as_sure if denies(one.claim.say)]
    of_topic = [one for one in as_sure if one.claim.topic == lead.claim.topic]
    if always is False and is_limited(lead.claim.say) and (plain := _first(of_topic, "yes")):
        return _of_tone_asked(plain, lead) if _say_the_same(plain, lead) else plain.told()
    if always and (bounded := next((one for one in (lead, *of_topic) if is_limited(one.claim.say)), None)):
        return bounded.claim
    if always and side_of(lead.claim.say) == "yes" and (weighing := _weighing(as_sure)):
        return weighing.claim  # "do all of them?" is no plain yes
    if asking.doubts and lead.fit >= SIDE and side_of(lead.claim.say) == "yes" and denies(lead.claim.say):
        of_topic = [one for one in of_topic if side_of(one.claim.say) != "no"]  # "no, not all are good" says the same
        ranked = [lead, *(one for one in ranked if one in of_topic)]
    rivals = [one for one in of_topic if one.fit >= RIVAL * lead.fit]
    if contrary := next((one for one in rivals if _contradicts(one, lead)), None):
        return contrary.told(doubtful=True)  # vectors can't tell the two apart
    if other_side := next((one for one in rivals if _is_other_side(one, lead)), None):
        # What the guide says first of the two is the rule, the other one the exception.
        rule = min(lead, other_side, key=lambda one: one.claim.number)
        limited = any(is_limited(one.claim.say) for one in (lead, other_side))  # a plain no answers another question
        return rule.told() if limited else lead.told(doubtful=True)
    of_some_alone = side_of(lead.claim.say) == "no" and is_of_some(lead.claim.say)  # "No. Many are, but not all."
    surely_not = asking.of_each and of_some_alone and lead.fit >= SIDE and not lead.turned
    first = lead.told(_is_doubtful(lead, ranked, asking) and not surely_not)
    if always is False and lead.claim.form == HOW and _affirms(lead, asking):
        first = replace(lead.claim, say=f"Yes, {lower_first(lead.claim.say)}")
    of_some = is_of_some(lead.claim.say) and not weighs_all(lead.claim.say)
    if asking.of_each and lead.fit >= SIDE_SURE and of_some and denies(lead.claim.say):
        first = replace(lead.claim, say=not_of_all(lead.claim.say))
    elif asking.of_all and lead.fit >= SIDE_SURE and not lead.turned and affirms_in_part(lead.claim.say):
        first = replace(lead.claim, say=not_surely(lead.claim.say))
    unasked = always is False and (lead.fit < SIDE_SURE or asking.says_no)
    if unasked and side_of(first.say) == "no" and is_limited(first.say):
        first = replace(first, say=without_verdict(first))  # nobody asked whether it holds always
    if always is not None and side_of(lead.claim.say) == "no" and (weighing := _weighing(as_sure)):
        return weighing.claim
    return first


def of_denied(candidates: Sequence[Candidate], asking: Asking) -> list[Candidate]:
    """Return the candidates, of which the one with what something does *not* hold for leads where that is asked for.

    "In which fields does it not count?" and the same without the no lie so near to each other that both find the same one of
    the two lists of a topic; so the two exchange their fits.
    """
    best = max(candidates, key=lambda one: one.fit, default=None)
    if best is None or not asking.denies or best.claim.form != WHICH or denies(best.claim.say):
        return list(candidates)
    denied = [one for one in candidates if one.claim.form == WHICH and denies(one.claim.say)]
    of_topic = [one for one in denied if one.claim.topic == best.claim.topic]
    other = max(of_topic, key=lambda one: one.fit, default=None)
    if other is None:
        return list(candidates)
    exchanged = {id(best): replace(best, fit=other.fit), id(other): replace(other, fit=best.fit)}
    return [exchanged.get(id(one), one) for one in candidates]


def asks_for_denied(candidates: Sequence[Candidate], asking: Asking) -> bool:
    """Return whether the best claim is the list of what something does not hold for, and that is asked for."""
    best = max(candidates, key=lambda one: one.fit, default=None)
    return best is not None and asking.denies and best.claim.form == WHICH and denies(best.claim.say)


def _may_lead(one: Candidate) -> bool:
    """Return whether a claim holds something of what is asked, is general or of its likely topic, or answers surely."""
    return bool(one.covered) or one.fit >= SURER or not one.claim.about and (one.share >= LIKELY or one.fit >= ANSWERS)


def _fuller_first(ranked: list[Candidate]) -> list[Candidate]:
    """Return the candidates, of which one leads that is nearly as likely as the best and more about what is asked."""
    best = ranked[0] if ranked else None
    fuller = (one for one in ranked if best and one.fit >= NEARLY * best.fit and one.covered >= best.covered + FULLER)
    first = next(fuller, None)
    return ranked if first is None else [first, *(one for one in ranked if one is not first)]


def _of_tone(ranked: Sequence[Candidate], asking: Asking) -> Sequence[Candidate]:
    """Return the candidates with a reason for what is asked before one for the opposite, if the two answer about as surely."""
    best = ranked[0]
    if best.claim.form != WHY or denies(best.claim.say) == asking.doubts:
        return ranked
    near = [one for one in ranked if one.claim.form == WHY and one.fit >= AS_SURE * best.fit]
    other = next((one for one in near if denies(one.claim.say) == asking.doubts), None)
    return ranked if other is None else [other, *(one for one in ranked if one not in (other, best))]


def _say_the_same(one: Candidate, other: Candidate) -> bool:
    """Return whether two claims begin alike after their yes or no."""
    return begins_alike(without_verdict(one.claim), without_verdict(other.claim))


def _of_tone_asked(plain: Candidate, lead: Candidate) -> Claim:
    """Return a plain yes beside a no that says the same: with its yes if only the no was meant for the opposite question."""
    return plain.claim if lead.turned and not plain.turned else plain.told()


def _is_doubtful(lead: Candidate, ranked: Iterable[Candidate], asking: Asking) -> bool:
    """Return whether a yes or no may answer another question than the one that was asked."""
    verdict = verdict_of(lead.claim.say)
    if not verdict:
        return False
    if asking.says_no and lead.fit < SIDE_SURE:
        return True
    if asking.any and verdict == "no":
        return True  # "does anyone accept it?" is not answered by a no for many
    if weighs_all(lead.claim.say) and not lead.turned:
        return False
    if asking.always and side_of(lead.claim.say) == "yes" and is_of_some(lead.claim.say):
        return True  # "are all of them online?" is not answered by a yes for many
    if asking.obliges and verdict == "yes" and not requires(lead.claim.say):
        return True  # that one can is no answer to whether one has to
    unlike = lead.turned and (not asking.doubts or asking.denies or not denies(lead.claim.say))
    if lead.turned and asking.doubts and verdict == "no" and lead.fit < VERY_SURE:
        return True  # "are some of them bad?" is not answered by "no, not all are good"
    if not asking.doubts and verdict == "yes" and lessens(lead.claim.say):
        return True  # "will she find friends?" is no question to "yes, there is less contact"
    if unlike and (lead.fit < VERY_SURE or is_limited(lead.claim.say)) or asking.of_all and verdict == "yes":
        return True
    opposite = (one for one in ranked if verdict_of(one.claim.say) not in ("", verdict) and not _agree(one, lead))
    return any(one.fit >= RIVAL * lead.fit for one in opposite)


def _affirms(lead: Candidate, asking: Asking) -> bool:
    """Return whether a claim that says how something is done surely tells somebody who asks whether it is that it is."""
    sure = lead.fit >= SIDE_SURE and not lead.turned and not (asking.doubts or asking.obliges)
    return sure and lead.claim.say.startswith(("By ", "Through "))


def _agree(one: Candidate, other: Candidate) -> bool:
    """Return whether a yes and a no hold beside each other: "often, yes" says no more than "no, not always" leaves."""
    says = (one.claim.say, other.claim.say)
    return any(is_limited(say) for say in says) and any(is_hedged(say) for say in says)


def _weighing(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return what says for how many something holds, which a plain no before it would contradict; or None."""
    return next((one for one in candidates if weighs(one.claim.say) and one.fit >= ANSWERS), None)


def _first_said(ranked: Sequence[Candidate]) -> Candidate:
    """Return the best candidate, or what its topic says before it in the same form if that answers about as surely.

    Of two claims that a question cannot tell apart, the first is the rule and the other one its exception.
    """
    best = ranked[0]
    alike = [
        one
        for one in ranked
        if (one.claim.topic, one.claim.form) == (best.claim.topic, best.claim.form) and one.fit >= ALIKE * best.fit
    ]
    return min(alike, key=lambda one: one.claim.number)


def _first(candidates: Iterable[Candidate], side: str) -> Candidate | None:
    return next((one for one in candidates if side_of(one.claim.say) == side), None)


def best_of_topic(
    candidates: Sequence[Candidate], topic: str, named: Iterable[Named] = (), least: float = RATHER
) -> Candidate | None:
    """Return the claim of one topic that answers a part of a question, or None if none does with that probability."""
    ranked = fitting(candidates, frozenset(named))
    return next((one for one in ranked if one.claim.topic == topic and one.fit >= least and one.covered), None)


def fitting(candidates: Sequence[Candidate], asked: frozenset[Named]) -> list[Candidate]:
    """Return the candidates that are about nothing else than the question, the best first."""
    about_it = (one for one in candidates if cost_of_names(one.claim, asked) is not None)
    return sorted(about_it, key=lambda one: -one.fit)


def _contradicts(other: Candidate, lead: Candidate) -> bool:
    """Return whether a claim says no where the leading one says yes, of much the same."""
    sides = side_of(lead.claim.say), side_of(other.claim.say)
    return sides == ("yes", "no") and not _agree(other, lead) and shared_words(other.claim.say, lead.claim.say) >= SAME


def _is_other_side(other: Candidate, lead: Candidate) -> bool:
    """Return whether a claim says no where the leading one says yes, or the other way round, of something else."""
    sides = {side_of(other.claim.say), side_of(lead.claim.say)}
    return sides == {"yes", "no"} and not _agree(other, lead) and shared_words(other.claim.say, lead.claim.say) < SAME
