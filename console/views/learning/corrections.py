"""Corrections: the form for one message, and the list of disputed answers, collected and learned corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

from console.views.inbox.conversation_list import CONVERSATION_PATH
from console.views.learning.correction_checks import CorrectionChecks
from console.views.learning.decisions import decided_row
from console.web import display_names
from console.web.context import ConsoleContext
from console.web.labels import Labels
from console.web.message_html import led, plain, quoted
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import REVIEW, MenuItem, StaffRoute
from console.web.topic_titles import CatalogueNames
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.editing import publications
from conversations.learning import corrections, regression_conversations
from conversations.learning.corrections import COLLECTED, RELEASED, Correction, Meaning
from conversations.pii import mask
from conversations.review import wrong_answers
from conversations.review.transcript import TranscriptMessage, TranscriptTurn, read_message, read_turns
from core.translations import gettext as _
from core.translations import marked
from training.corrections import to_json_lines

PATH = "/staff/corrections"
MESSAGE_PATH = "/staff/messages/{message}"
MESSAGE_NOT_FOUND = marked(
    "There is no such message. It may have been deleted, by its owner or because it was kept long enough."
)
MAX_SUGGESTIONS = 9  # each is chosen by a digit
MAX_DOUBTS, MAX_IN_ROW = 30, 4  # disputed answers on the page; suggestions beside each
MAX_PROPOSALS = 20  # readings of a language model on the page
MAX_LEARNED = 50  # corrections of past releases that are shown


@dataclass(frozen=True)
class ModelProposal:
    """A message that a language model read otherwise than the built-in understanding, and the label that it gave."""

    turn: TranscriptTurn
    label: str
    title: str


@dataclass(frozen=True)
class Suggestion:
    """A label that a message may have; `share` is how confident the engine was of it."""

    label: str
    title: str
    share: float


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = CorrectionPages(context.titles.all, context.things, context.settings.guide_dir)
    return [
        StaffRoute(PATH, pages.show, ADVISER, menu=MenuItem(REVIEW, "Corrections", badge="corrections")),
        StaffRoute(f"{PATH}/judge", dismiss, TRAINER, "POST"),
        StaffRoute(f"{PATH}/file", download, TRAINER),
        StaffRoute(f"{MESSAGE_PATH}/correct", pages.show_form, TRAINER),
        StaffRoute(f"{MESSAGE_PATH}/correct", pages.correct, TRAINER, "POST"),
        StaffRoute(f"{MESSAGE_PATH}/undecided", undo, TRAINER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/test", save_regression_conversation, TRAINER, "POST"),
    ]


class CorrectionPages:
    """The list and the form.

    `titles` returns the topics by key, `things` are those of the catalogue, and the sources in `root` say what is taught.
    """

    def __init__(self, titles: Callable[[], Mapping[str, str]], things: CatalogueNames, root: Path) -> None:
        self._labels, self._things, self._checks = Labels(titles), things, CorrectionChecks(root)

    async def show(self, request: StaffRequest) -> Response:
        """Show disputed answers, what the next release will learn, and what the last releases learned."""
        read = request.service.store.read
        collected = await read(corrections.list_by_state, COLLECTED, pack=request.scope)
        if request.wants_fragment:
            return request.page("corrections-collected.html", **await self._collected(request, collected))
        doubts = await read(corrections.disputed_answers, pack=request.scope)
        released = await read(corrections.list_by_state, RELEASED, MAX_LEARNED, request.scope)
        turns = await read(read_turns, [doubt.message_id for doubt in doubts[:MAX_DOUBTS]])
        return request.page(
            "corrections.html",
            doubts=doubts,
            at_least=len(doubts) == corrections.MOST_DISPUTED,
            turns=turns,
            choices={number: self._suggestions(turn.question)[:MAX_IN_ROW] for number, turn in turns.items()},
            released=released,
            results=await read(publications.lessons_of, {each.release for each in released}),
            tests=await read(regression_conversations.list_all, request.scope),
            readings=await self._readings(request),
            label=self._labels.title,
            as_html=led,
            quoted=quoted,
            **await self._collected(request, collected),
        )

    async def _readings(self, request: StaffRequest) -> list[ModelProposal]:
        """Return what a language model read otherwise than the built-in understanding, for staff to confirm."""
        numbers = await request.service.store.read(corrections.read_by_model, pack=request.scope)
        turns = await request.service.store.read(read_turns, numbers)
        proposals = (self._proposal(turns[number]) for number in numbers if number in turns)
        return [each for each in proposals if each][:MAX_PROPOSALS]

    def _proposal(self, turn: TranscriptTurn) -> ModelProposal | None:
        label = self._confirmable(turn.question)
        return ModelProposal(turn, label, self._labels.title(label)) if label else None

    def _confirmable(self, entry: TranscriptMessage) -> str:
        """Return the label that a language model gave a message, if it differs and can be taught, or an empty text."""
        label = entry.understood.model.confirmable if entry.understood.model else ""
        return label if self._labels.knows(label) else ""

    async def _collected(self, request: StaffRequest, collected: list[Correction]) -> dict[str, Any]:
        """Return what the template of the collected corrections gets."""
        return {
            "collected": collected,
            "refusals": await self._checks.refusals(collected),
            "may_teach": request.member.may(TRAINER),
            "plain": lambda text: plain(text, False),
        }

    async def show_form(self, request: StaffRequest) -> Response:
        """Show the form for a message: the likeliest labels, each under a digit, then all others."""
        number = required_number(request.path_param("message"), _(MESSAGE_NOT_FOUND))
        entry = await request.service.store.read(read_message, number)
        if entry is None or not entry.message.is_inbound:
            raise PageError(_(MESSAGE_NOT_FOUND), 404)
        correction = await request.service.store.read(corrections.find, entry.message.id)
        return request.page(
            "correction-form.html" if request.wants_fragment else "correction.html",
            heading="h2" if request.wants_fragment else "h1",
            one=entry,
            noted=correction,
            text=correction.text if correction else mask(entry.message.text),
            choices=self._suggestions(entry),
            confirmable=self._confirmable(entry),
            label=self._labels.title,
            labels=self._labels.all(),
            taken_for=self._labels.title(entry.message.topic or entry.intent),
            things=list(self._things.all().values()),
            thing=self._things.all().get(correction.thing) if correction else None,
            next=next_path(request, ""),
            plain=lambda text: plain(text, False),
            quoted=quoted,
        )

    async def correct(self, request: StaffRequest) -> Response:
        """Store what a message really meant."""
        message_id = required_number(request.path_param("message"), _(MESSAGE_NOT_FOUND))
        meaning, text = self._meaning(request.form), request.form.get("text", "")
        before = await request.service.store.read(corrections.find, message_id)
        await request.service.store.write(corrections.correct, message_id, text, meaning, request.member.name)
        if request.wants_fragment:
            return await self._corrected_row(request, message_id, before)
        return request.redirect(next_path(request, await _message_path(request, message_id)))

    async def _corrected_row(self, request: StaffRequest, message_id: int, before: Correction | None) -> Response:
        """Return the row of a corrected message; taking it back brings the correction before it back, if there was one."""
        now = await request.service.store.read(corrections.find, message_id)
        title = self._labels.title(now.label) if now and now.label else _("read differently")
        told, text = _("Corrected to “%(title)s”") % {"title": title}, now.text if now else ""
        if before is None:
            return decided_row(request, told, text, [message_id])
        thing = self._things.all().get(before.thing)
        meant = {"label": before.label, "thing": thing.title if thing else "", "words": before.words}
        fields = {**meant, "form": before.form, "text": before.text}
        return request.decided(told, text, f"{MESSAGE_PATH.format(message=message_id)}/correct", fields)

    def _meaning(self, form: Mapping[str, str]) -> Meaning:
        """Return the meaning that the form gives; PageError if it gives none, or one that there is not."""
        name, thing_name, asked = (
            form.get("label") or form.get("other", ""),
            form.get("thing", ""),
            form.get("form", ""),
        )
        needed = name.strip() or not (thing_name.strip() or asked)
        label = self._labels.choose(name) if needed else None
        thing = self._things.find(thing_name) if thing_name.strip() else None
        if thing is None and thing_name.strip():
            raise PageError(_("There is no such thing in the catalogue. Choose one from the list."))
        if asked and asked not in display_names.FORMS:
            raise PageError(_("There is no such way of asking. Choose one from the list."))
        topic, intent = label.pair if label else ("", "")
        return Meaning(topic, intent, thing.id if thing else "", form.get("words", "") if thing else "", asked)

    def _suggestions(self, entry: TranscriptMessage) -> list[Suggestion]:
        taken_for = entry.message.topic or entry.intent
        candidates = {
            candidate.name: candidate.share
            for candidate in (*entry.topics, *entry.intents)
            if candidate.name not in (taken_for, corrections.ASK_TOPIC) and self._labels.knows(candidate.name)
        }
        ranked = sorted(candidates.items(), key=lambda pair: -pair[1])[:MAX_SUGGESTIONS]
        return [Suggestion(name, self._labels.title(name), share) for name, share in ranked]


async def undo(request: StaffRequest) -> Response:
    """Take back what was decided about a message."""
    message_id = required_number(request.path_param("message"), _(MESSAGE_NOT_FOUND))
    await request.service.store.write(wrong_answers.undo, [message_id])
    if request.wants_fragment:
        return Response(status_code=204)
    return request.redirect(next_path(request, await _message_path(request, message_id)))


async def dismiss(request: StaffRequest) -> Response:
    """Take a disputed answer off the list without correcting it."""
    message_id = required_number(request.form.get("message", ""), _(MESSAGE_NOT_FOUND))
    decision = request.form.get("what", "")
    await request.service.store.write(corrections.dismiss, [message_id], decision, request.member.name)
    if request.wants_fragment:
        entry = await request.service.store.read(read_message, message_id)
        told = _("The answer was right") if decision == corrections.RIGHT else _("Dismissed")
        return decided_row(request, told, mask(entry.message.text) if entry else "", [message_id])
    return request.redirect(PATH)


async def download(request: StaffRequest) -> Response:
    """Return the collected corrections as a file that `advisor release FILE` reads."""
    collected = await request.service.store.read(corrections.list_by_state, COLLECTED, None, request.scope)
    headers = {"Content-Disposition": 'attachment; filename="lessons.jsonl"'}
    return Response("".join(map(to_json_lines, collected)), media_type="application/jsonl", headers=headers)


async def save_regression_conversation(request: StaffRequest) -> Response:
    """Keep a conversation as a test that every release from now on must pass."""
    conversation_id = request.path_param("conversation")
    await request.service.store.write(regression_conversations.save, conversation_id, request.member.name)
    return request.redirect(f"{PATH}#tests")


async def _message_path(request: StaffRequest, message_id: int) -> str:
    """Return the address of a message in its transcript."""
    entry = await request.service.store.read(read_message, message_id)
    return f"/staff/conversations/{entry.message.conversation_id}#m{message_id}" if entry else PATH


def next_path(request: StaffRequest, default: str) -> str:
    """Return the path that the form names if it lies in the console, else `default`."""
    path = request.form.get("next") or request.query.get("next", "")
    return path if path.startswith("/staff/") else default
