"""What the advisor would reply with an entry as it is written, as each channel shows it: by the adapters' own rendering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from html import unescape
from typing import Any

from markupsafe import Markup, escape

from actions.replies.base import Reply
from actions.replies.claims.answers import answer_claim
from actions.replies.topics import answer_topic, more
from actions.replies.unanswered import open_subject
from channels.slack import rendering as slack
from channels.telegram.message_splitting import units
from channels.web.serializers import serialize_message
from console.translations import numbers
from console.web.message_html import as_html
from conversations.models import ADVISOR, SAID, Button, Message
from core.translations import gettext as _
from knowledge.editing.entries import SUBJECT_KIND, Content, guide_key
from knowledge.models import Claim, OpenSubject, Source, Topic, TopicItem, TopicLink

MORE = "more"  # what is asked for beside the whole answer and the numbers of short answers
SLACK_LINK = re.compile(r"<([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
SLACK_MARKS = {"*": "strong", "_": "em", "`": "code"}
TELEGRAM_TAG = re.compile(r"<[^<>]{1,4000}>")


@dataclass(frozen=True)
class PreviewPart:
    """A message as a channel shows it; `buttons` are rows of titles, `small` is what stands below the text."""

    html: Markup
    buttons: tuple[tuple[str, ...], ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChannelPreview:
    """A reply on one channel; `note` says how near it is to the channel's limits."""

    name: str
    title: str
    parts: tuple[PreviewPart, ...]
    note: str = ""


def preview(reply: Reply) -> list[ChannelPreview]:
    """Return a reply as each channel shows it."""
    message = _message(reply)
    return [_on_web(message), _on_telegram(message), _on_slack(message)]


def reply_of(
    kind: str, key: str, content: Content, titles: Mapping[str, str], sections: Mapping[str, str], asked: str = ""
) -> Reply:
    """Return what the advisor replies to somebody who asks for an entry, for "more" of it, or for a short answer by its number.

    `titles` are those of the entries that it leads on to, `sections` those of the guide's parts.
    """
    if kind == SUBJECT_KIND:
        subject = _subject(guide_key(kind, key), content, titles)
        return open_subject(subject, (), subject.near_topics)
    topic = _topic(key, content, titles, sections)
    claims = _claims(topic, content, sections)
    if asked == MORE:
        return more(topic)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else -1
    if 0 <= number < len(claims):
        return answer_claim(topic, claims[number], claims[number].form)
    return answer_topic(topic)


def askable(content: Content) -> list[tuple[str, str]]:
    """Return what can be asked of an entry: the name of each, and its words."""
    short = [(str(number), each.get("say", "")) for number, each in enumerate(content.get("claims", ()))]
    tells_more = [(MORE, _("“Tell me more”"))] if content.get("more") or content.get("items") else []
    return [("", _("The whole answer")), *tells_more, *((number, f"“{say[:60]}”") for number, say in short if say)]


def _topic(key: str, content: Content, titles: Mapping[str, str], sections: Mapping[str, str]) -> Topic:
    section = key.split("/")[0]
    items = tuple(
        TopicItem(each.get("name", ""), each.get("text", ""), _link(each.get("topic"), titles))
        for each in content.get("items", ())
    )
    return Topic(
        key=key,
        title=content.get("title", ""),
        answer=content.get("answer", ""),
        items=items,
        more=content.get("more", ""),
        sources=(Source(section, sections[section], ""),) if section in sections else (),
        related=_links(content.get("related", ()), titles),
        owner="",
        reviewed=date.min,
    )


def _subject(key: str, content: Content, titles: Mapping[str, str]) -> OpenSubject:
    texts = {name: content.get(name, "") for name in ("title", "say", "nearest", "whom")}
    near = _links(content.get("near_topics", ()), titles)
    return OpenSubject(key=key, **texts, near_topics=near, owner="", reviewed=date.min)


def _claims(topic: Topic, content: Content, sections: Mapping[str, str]) -> list[Claim]:
    found = []
    for number, each in enumerate(content.get("claims", ())):
        section = str(each.get("source") or topic.key).split("/")[0]
        source = Source(section, sections.get(section, section), "")
        found.append(Claim(topic.key, number, each.get("say", ""), each.get("form", ""), source))
    return found


def _link(key: Any, titles: Mapping[str, str]) -> TopicLink | None:
    return TopicLink(key, titles[key]) if key in titles else None


def _links(keys: Iterable[str], titles: Mapping[str, str]) -> tuple[TopicLink, ...]:
    return tuple(link for key in keys if (link := _link(key, titles)))


def _message(reply: Reply) -> Message:
    """Return a reply as the channels get it."""
    said = reply.as_message()
    metadata = said["metadata"]
    return Message(
        id=0,
        conversation_id="",
        channel="",
        author=ADVISOR,
        text=said["text"],
        at=datetime.now(timezone.utc),
        state=SAID,
        buttons=tuple(Button(each["title"], each["payload"], "preview") for each in said.get("buttons", ())),
        sources=tuple(metadata.get("sources", ())),
        outcome=metadata["outcome"],
        topic=metadata.get("topic", ""),
    )


def _on_web(message: Message) -> ChannelPreview:
    shape = serialize_message(message, {})
    buttons = tuple(each["title"] for each in shape.get("buttons", ()))
    sources = tuple(shape.get("sources", ()))
    part = PreviewPart(as_html(shape["text"], True), (buttons,) if buttons else (), sources)
    return ChannelPreview("web", _("Website"), (part,))


def _on_telegram(message: Message) -> ChannelPreview:
    from channels.telegram import rendering as telegram  # 13 MB of its library, where no Telegram is set up

    parts = []
    for part in telegram.render(message):
        rows = part.keyboard.inline_keyboard if part.keyboard else ()
        titles = tuple(tuple(button.text for button in row) for row in rows)
        parts.append(PreviewPart(Markup(part.html), titles))  # its renderer has escaped all that it did not write
    longest = max((units(unescape(TELEGRAM_TAG.sub("", str(part.html)))) for part in parts), default=0)
    note = _("%(used)s of %(most)s characters that a message may have.") % _used(longest, telegram.LONGEST_TEXT)
    return ChannelPreview("telegram", "Telegram", tuple(parts), _counted(len(parts)) + note)


def _on_slack(message: Message) -> ChannelPreview:
    rendered = slack.render(message)
    parts = [_slack_part(part.blocks) for part in rendered]
    sections = [block["text"]["text"] for part in rendered for block in part.blocks if "text" in block]
    longest = max(map(len, sections), default=0)
    note = _("%(used)s of %(most)s characters that a section may have.") % _used(longest, slack.LONGEST_SECTION)
    return ChannelPreview("slack", "Slack", tuple(parts), _counted(len(parts)) + note)


def _counted(messages: int) -> str:
    return _("Sent as %(num)d messages.") % {"num": messages} + " " if messages > 1 else ""


def _used(length: int, most: int) -> dict[str, str]:
    return {"used": numbers.number(length), "most": numbers.number(most)}


def _slack_part(blocks: Iterable[Mapping[str, Any]]) -> PreviewPart:
    html, buttons, small = [], [], []
    for block in blocks:
        if block["type"] == "section":
            html.append(Markup("<p>{}</p>").format(mrkdwn_html(block["text"]["text"])))
        elif block["type"] == "context":
            small += [mrkdwn_html(each["text"]) for each in block["elements"]]
        else:
            buttons.append(tuple(each["text"]["text"] for each in block["elements"]))
    return PreviewPart(Markup("").join(html), tuple(buttons), tuple(small))


def mrkdwn_html(text: str) -> Markup:
    """Return Slack's mrkdwn as HTML: links, bold, italics and code; what is else in it is text."""
    pieces, at = [], 0
    for found in SLACK_LINK.finditer(text):
        pieces.append(_marked(unescape(text[at : found.start()])))
        url = unescape(found[1])
        label = escape(unescape(found[2] or found[1]))
        safe = url.startswith(("https://", "http://", "mailto:", "tel:"))
        pieces.append(Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(url, label) if safe else label)
        at = found.end()
    pieces.append(_marked(unescape(text[at:])))
    return Markup("").join(pieces)


def _marked(text: str) -> Markup:
    """Return text with Slack's marks as elements: a mark counts at the edge of a word, and if it is closed."""
    out: list[str] = []
    opened: list[tuple[str, int]] = []
    for at, sign in enumerate(text):
        if sign not in SLACK_MARKS:
            out.append("" if sign == slack.NO_SPACE else str(escape(sign)))
            continue
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if opened and opened[-1][0] == sign and not after.isalnum() and before.strip():
            _, place = opened.pop()
            out[place] = f"<{SLACK_MARKS[sign]}>"
            out.append(f"</{SLACK_MARKS[sign]}>")
        else:
            if not before.isalnum() and after.strip() and all(mark != sign for mark, _ in opened):
                opened.append((sign, len(out)))
            out.append(sign)
    return Markup("".join(out))
