"""The report of an import: what was made of what, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guide_import.proposal import Proposed


def report_of(files: Mapping[str, int], proposed: Proposed) -> str:
    """Return the report as Markdown; `files` are the names of the files, with how many passages each held."""
    topics = [
        f"{each.title}: {'; '.join(each.places)}"
        + (f" ({len(each.phrasings)} questions)" if len(each.phrasings) > 1 else "")
        for each in proposed.topics
    ]
    left = [f"\u201c{each.what}\u201d ({each.place}): {each.why}" for each in proposed.left]
    parts = {
        "Files": [f"{name}: {count} headings or questions" for name, count in files.items()],
        "Proposed topics, and where each was found": topics,
        "Taken for the same question": proposed.merged,
        "Left out": left,
    }
    return "# Import\n" + "".join(f"\n## {title}\n\n{_lines(texts)}" for title, texts in parts.items())


def _lines(texts: Iterable[str]) -> str:
    """Return texts as a list in Markdown."""
    return "".join(f"- {text}\n" for text in texts) or "- nothing\n"
