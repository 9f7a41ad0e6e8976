"""The turn contract: all that a front asks the engine over HTTP, and what the engine answers. It is no channel for clients.

POST TURNS_PATH with a TurnRequest is answered by a TurnAnswer, or with status 400, 401, 500 or 503 by a TurnError. The same
message id of a conversation gives the stored answer and runs nothing. If the request allows it (`model`), the engine may run
nothing and answer 202 with an UnsureTurn instead (core/contract/queries.py). DELETE TURNS_PATH/CONVERSATION erases what the
engine remembers; POST MODEL_PATH takes up a new model. GET READY_PATH and, for whether it hangs, GET TURNS_PATH need no key.
"""

from __future__ import annotations

from typing import Any, TypedDict

from core.contract.messages import Message
from core.contract.queries import ModelQuery

TURNS_PATH = "/webhooks/turns"
MODEL_PATH = f"{TURNS_PATH}/model"
READY_PATH = f"{TURNS_PATH}/ready"


class TurnRequest(TypedDict, total=False):
    """`text` is what a person typed, `payload` what a button sent; one of them is there, as are the two ids.

    `model` tells when the front can have a language model read the message (core/contract/queries.py); `understood` is what
    that told, None if it told nothing of use: then nothing more is asked.
    """

    conversation: str
    message_id: str
    text: str
    payload: str
    channel: str
    metadata: dict[str, Any]
    model: str
    understood: ModelQuery | None


class UnderstandingBase(TypedDict):
    """What is known of every message; `topic` is None unless the intent is ask_topic. Rankings are best first."""

    intent: str | None
    topic: str | None
    confidence: float
    ranking: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    entities: list[dict[str, Any]]


class Understanding(UnderstandingBase, total=False):
    """What the engine understood; what a message does not have is left out.

    `form` is how it asks, `attributes` what it asks of a thing, `unknown_names` what looks like a name and is none that is
    known. `answerable` are the log-odds of the best answer against the best open subject, `is_answerable` the verdict.
    `adds` tells that its names come on top of earlier ones, `references` how it refers back. `claims` are those that
    may answer it (topic, number, score), `parts` its further questions (intent, topic, entities). `by_model` tells that a
    language model's query was taken (True) or refused (False); without one it is left out. `speaks` is the language (ISO 639-1)
    of a message that is not in English and was understood, with its help or without.
    """

    form: str
    attributes: list[str]
    unknown_names: list[str]
    answerable: float
    is_answerable: bool
    adds: bool
    references: Any
    claims: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    by_model: bool
    speaks: str


class TurnAnswer(TypedDict):
    """The replies, what was understood, the names of the actions that ran, and the slots that are set."""

    messages: list[Message]
    understanding: Understanding
    actions: list[str]
    slots: dict[str, Any]


class TurnError(TypedDict, total=False):
    """`retry` tells whether asking again soon may help."""

    error: str
    retry: bool
