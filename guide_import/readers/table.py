"""Tables of questions and answers (CSV): a column of each, and perhaps one of categories."""

from __future__ import annotations

import csv
import io

from guide_import.errors import FileRefused
from guide_import.records import LeftOut, Passage, Reading, one_line
from own_programs.importing.readers.tables import delimiter_of

QUESTION = ("question", "questions", "q", "title", "heading", "frage", "pregunta", "domanda")
ANSWER = ("answer", "answers", "a", "body", "text", "content", "reply", "antwort", "respuesta", "risposta")
CATEGORY = ("category", "section", "topic", "group", "kategorie", "bereich")
MOST_ROWS = 5_000


def read_table(text: str, name: str) -> Reading:
    """Return a passage for each row; raises FileRefused with the line of the trouble."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    reading, columns = Reading(), None
    try:
        for number, cells in enumerate(rows):
            if number > MOST_ROWS:
                raise FileRefused(f"{name}: this table has more than {MOST_ROWS:,} rows. Split it.")
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                if columns is not None:
                    continue
                columns = (0, 1, None)  # no names of columns: the first two
            _take([one_line(cell) for cell in cells], columns, f"line {rows.line_num}", reading)
    except csv.Error as error:
        raise FileRefused(f"{name}:{rows.line_num}: this is no CSV that can be read ({error}).") from None
    return reading


def _columns(cells: list[str]) -> tuple[int, int, int | None] | None:
    """Return the columns of questions, answers and categories by their names, or None if the row has no such names."""
    names = [cell.strip().lower() for cell in cells]

    def column(known: tuple[str, ...]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    question, answer = column(QUESTION), column(ANSWER)
    return None if question is None or answer is None else (question, answer, column(CATEGORY))


def _take(cells: list[str], columns: tuple[int, int, int | None], place: str, reading: Reading) -> None:
    question, answer, category = columns
    if len(cells) <= max(question, answer) or not cells[question] or not cells[answer]:
        reading.left.append(LeftOut(" ".join(cells)[:80], place, "a question or an answer is missing"))
        return
    section = cells[category] if category is not None and category < len(cells) else ""
    reading.passages.append(Passage(cells[question], (cells[answer],), (), section, place))
