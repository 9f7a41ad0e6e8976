"""The words of the forms of entries: which fields a form has and in what order, their titles, and hints."""

from __future__ import annotations

from core.translations import Names, gettext, marked
from knowledge.editing.entries import CATALOGUE, KNOWN_BY, SCHEMAS

ORDER = {  # of the fields on the page
    "topic": ("title", "answer", "items", "more", "ask", "claims", "related", "also", "owner", "reviewed"),
    "subject": ("title", "say", "nearest", "whom", "near_topics", "ask", "owner", "reviewed"),
    **{kind: tuple(name for name in SCHEMAS[kind] if name not in KNOWN_BY.get(kind, ("key",))) for kind in CATALOGUE},
}
TITLES = Names(
    {
        "title": "Title",
        "answer": "Answer",
        "items": "List under the answer",
        "more": "“Tell me more” adds",
        "claims": "Short answers to single questions",
        "related": "Leads on to",
        "near_topics": "Topics to offer instead",
        "ask": "Ways of asking",
        "also": "Other keys",
        "say": "What it says",
        "nearest": "The nearest that is known",
        "whom": "Whom to ask: “For this, ask ...”",
        "owner": "Who looks after it",
        "reviewed": "Last read against its source",
        "key": "Key",
        "heading": "Its heading, as people read it in sources",
        # of the catalogue
        "kind": "What it is",
        "name": "Name",
        "plural": "Name of several",
        "short": "Name within a sentence",
        "aliases": "Other names",
        "loosely": "Words that may mean it",
        "adjective": "Adjective",
        "about": "About it",
        "note": "What the guide says of it",
        "role": "What it is",
        "offered_by": "Offered by",
        "focus": "What it is for",
        "examples": "Examples",
        "providers": "Providers",
        "type": "Type",
        "types": "Types",
        "field": "Field",
        "fields": "Fields",
        "near": "Fields near to it",
        "listed": "The guide lists it",
        "areas": "Areas",
        "embraces": "One of the guide's key industries",
        "acceptance": "What the guide says of hiring there",
        "destination": "Destination",
        "place": "Place",
        "part_of": "Belongs to",
        "country": "Country",
        "platform": "Platform",
        "provider": "Provider",
        "provider_text": "Provider, if it is no entry",
        "institution": "Institution",
        "mode": "Form of delivery",
        "price": "Price",
        "currency": "Currency",
        "start": "Starts",
        "deadline": "Apply by",
        "duration": "Length",
        "hours_per_week": "Hours a week",
        "level": "Level",
        "credits": "Credits",
        "url": "Its page",
        "checked_on": "Last held against its page",
        "topic": "Topic about it",
        "source": "Part of the guide that says so",
    }
)
HINTS = Names(
    {
        "title": "Two to five words that can stand on a button.",
        "answer": "About 60 words, and only what the source says. **Bold** is allowed.",
        "items": "Where the answer is a list. A topic makes an item lead on.",
        "more": "What somebody hears who asks for more; repeats nothing.",
        "claims": "Each answers a question in a sentence, and goes before the answer where it fits; else another topic's may.",
        "ask": "One a line: full questions, fragments, misspelt, 14 to 25 of them. The advisor learns from these.",
        "say": "One sentence that plainly says that it is not stated.",
        "nearest": "The nearest true thing that the guide does say.",
        "related": "Two or three next steps.",
        "also": "Under which the same entry can be asked for. Seldom needed.",
        "aliases": "One a line: short forms, other languages, frequent slips. The advisor learns them.",
        "loosely": "One a line: taken for it only where nothing else is meant.",
        "short": "As in “programs in ...”.",
        "about": "One sentence, and only what the source says.",
        "currency": "Three capitals, such as EUR.",
        "examples": "One a line.",
        "areas": "One a line.",
    }
)
LONG = ("answer", "more", "say", "nearest", "about", "note", "focus", "offered_by")  # texts in a field of several lines
ROW_TITLES = Names(
    {
        "say": "Answer",
        "form": "Asks",
        "asks": "Questions that it answers, one a line",
        "source": "Source, if another",
        "name": "Item",
        "text": "Its text",
        "topic": "Leads to",
    }
)
KIND_TITLES = {  # one, and several
    "topic": (marked("Topic"), marked("Topics")),
    "section": (marked("Part of the guide"), marked("Parts of the guide")),
    "subject": (marked("Left open by the guide"), marked("Left open by the guide")),
    "destination": (marked("Destination"), marked("Destinations")),
    "place": (marked("Other place"), marked("Other places")),
    "institution": (marked("Institution"), marked("Institutions")),
    "provider": (marked("Provider"), marked("Providers")),
    "program": (marked("Program listing"), marked("Program listings")),
    "field": (marked("Field"), marked("Fields")),
    "industry": (marked("Industry"), marked("Industries")),
    "type": (marked("Type"), marked("Types")),
    "mode": (marked("Form of delivery"), marked("Forms of delivery")),
    "strength": (marked("Strength of a place"), marked("Strengths of places")),
    "other name": (marked("Name that the guide does not cover"), marked("Names that the guide does not cover")),
}
# Names of what a choice may be; what is not here is shown as it is.
CHOICES = Names(
    {
        "": "not said",
        "true": "yes",
        "false": "no",
        "prefers-degrees": "prefers degrees",
        "language-body": "language body",
        "government-platform": "government platform",
        "eu-programme": "EU programme",
    }
)


def title_of(name: str) -> str:
    """Return the title of a field."""
    return TITLES.get(name) or name.replace("_", " ").capitalize()


def kind_title(kind: str, several: bool = False) -> str:
    """Return what an entry of a kind is called, or several."""
    return gettext(KIND_TITLES.get(kind, (kind.capitalize(), kind.capitalize()))[several])
