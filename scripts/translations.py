"""Keeps the console's catalogues (console/translations/*.po) in step with the sources; `scripts/translations` runs it.

scripts/translations            writes new texts into every catalogue, and says what is to be translated
scripts/translations --check    only says what is missing or no longer there
scripts/translations LANGUAGE   begins the catalogue of another language
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast
from ruamel.yaml import YAML

PROJECT_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_ROOT))

from console.translations.languages import FOLDER, read_catalogue  # noqa: E402  (the project is run from its folder)

ROOMS = ("console", "conversations", "own_programs", "channels")
# Functions and classes whose texts are translated, with the places of these among the arguments.
TEXTS = {
    **{"_": (0,), "gettext": (0,), "marked": (0,), "MenuItem": (1,)},
    **{"EntryProblem": (1, 2), "FormField": (1, 5), "_prices_field": (0,)},
}
PLURALS = ("ngettext", "marked_plural")  # whose first two arguments are the texts for one and for several
# Lines of a header that change with each run, or say nothing.
CHANGING = (b'"POT-', b'"PO-', b'"Generated-By', b'"Last-', b'"Language-Team', b'"Report-', b'"Project-')
# What a translation may neither add nor leave out, since it stands in a page as it is.
MARKUP = re.compile(r'<[^>]*>|"')
# Where checks and imports make what they find, and by which calls, with the places of the texts among the arguments.
FINDINGS_OF = ("knowledge", "own_programs")
FINDINGS = {
    **{"Unreadable": (0, 1), "Unknown": (0, 2), "FileUnreadable": (0,), "Refusal": (2, 3), "Question": (1, 2)},
    **{"add": (2, 3, 4), "_Invalid": (0, 1), "_wrong_kind": (3,)},
}
HINT = "hint"  # an argument that is a text, whatever its place
# Files whose keys staff read.
KEYS = ("nlu/data/attributes.yml", "nlu/data/offering_attributes.yml", "widget/words/en.json")
WORD = re.compile(r"[A-Za-z]{3} ?[A-Za-z]")  # in what is more than a name or a sign
NAMES = "Names"  # the values of a mapping that is made into names
Texts = str | tuple[str, ...]
Found = Iterator[tuple[str, int, Texts]]  # file, line, text or texts of one and of several


def extracted() -> Catalog:
    """Return a catalogue of all texts of the console, none of them translated."""
    catalogue = Catalog()
    for place, _, message in sorted(_found(), key=lambda found: found[:2]):
        flags = ("python-format",) if "%(" in str(message) else ()
        catalogue.add(message, locations=[(place, None)], flags=flags)
    for message in catalogue:
        message.locations = sorted(set(message.locations))
    return catalogue


def problems(language: str, texts: Catalog) -> list[str]:
    """Return what is wrong with a language's catalogue: a line for each text."""
    catalogue = read_catalogue(language)
    found = [f"not translated: {text.id}" for text in texts if text.id and not _translation(catalogue, text.id)]
    found += [f"not sure: {text.id}" for text in catalogue if text.id and text.fuzzy]
    known = {_key(text.id) for text in texts}
    found += [f"no longer there: {text.id}" for text in catalogue if text.id and _key(text.id) not in known]
    found += [f"{error}: {text.id}" for text in catalogue if text.id for error in text.check(catalogue)]
    found += [f"other tags or quotation marks: {text.id}" for text in catalogue if text.id and not _same_markup(text)]
    return found


def _same_markup(text: Message) -> bool:
    """Return whether translations have the tags of their text, and quotation marks only where that has them."""
    ids, strings = ((each,) if isinstance(each, str) else tuple(each or ()) for each in (text.id, text.string))
    markup = sorted(MARKUP.findall(ids[0]))
    return all(sorted(MARKUP.findall(string)) == markup for string in strings if string)


def updated(language: str, texts: Catalog) -> bytes:
    """Return a language's catalogue with these texts: what is translated stays, what is no longer there goes."""
    path = FOLDER / f"{language}.po"
    before = read_catalogue(language) if path.exists() else Catalog(locale=language)
    catalogue = Catalog(language, header_comment=before.header_comment, fuzzy=False)
    for text in texts:
        if text.id:
            was = before.get(_key(text.id))
            same = was is not None and was.id == text.id
            comments = was.user_comments if same else ()
            catalogue.add(text.id, was.string if same else None, text.locations, text.flags, user_comments=comments)
    out = BytesIO()
    write_po(out, catalogue, width=0, include_lineno=False, sort_by_file=True)
    lines = out.getvalue().split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(CHANGING))


def _translation(catalogue: Catalog, identity: Any) -> bool:
    text = catalogue.get(identity)
    strings = () if text is None or text.id != identity else text.string
    return all(strings) if isinstance(strings, tuple) and strings else bool(strings)


def _key(identity: Any) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _found() -> Found:
    for path in _files("console/templates", "html"):
        yield from _of_template(path)
    for room in ROOMS:
        for path in _files(room, "py"):
            yield from _of_module(path)
    for room in FINDINGS_OF:
        for path in _files(room, "py"):
            yield from _findings(path)
    for path in _files("console/static", "js"):
        with path.open("rb") as file:
            for line, _, message, _ in extract_javascript(file, ("gettext",), (), {"parse_template_string": "true"}):
                yield _name(path), line, message
    for name, properties in _intents():
        yield "domain.yml", 0, properties.get("staff_name") or _readable(name)
    for place in KEYS:
        for name in YAML(typ="safe").load(PROJECT_ROOT / place):
            yield place, 0, _readable(name)


def _readable(name: str) -> str:
    """Return a name that code uses as the console shows it."""
    return name.replace("_", " ").capitalize()


def _files(folder: str, suffix: str) -> list[Path]:
    return sorted((PROJECT_ROOT / folder).rglob(f"*.{suffix}"))


def _name(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def _of_template(path: Path) -> Found:
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    tree = environment.parse(path.read_text(encoding="utf-8"))
    for line, function, message in extract_from_ast(tree, ("_", "gettext", "ngettext")):
        texts = tuple(text for text in (message if isinstance(message, tuple) else (message,)) if text)
        if texts:
            yield _name(path), line, texts[:2] if function == "ngettext" else texts[0]
    for counted in tree.find_all(nodes.Filter):
        if counted.name == "count" and counted.args and isinstance(counted.args[0], nodes.Const):
            words = [each.value for each in counted.args if isinstance(each, nodes.Const)]
            plural = words[1] if len(words) > 1 else f"{words[0]}s"
            yield _name(path), counted.lineno, (f"%(num)s {words[0]}", f"%(num)s {plural}")


def _of_module(path: Path) -> Found:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called == NAMES and node.args and isinstance(node.args[0], ast.Dict):
            for value in filter(_is_text, _values(node.args[0])):
                yield _name(path), value.lineno, value.value  # type: ignore[attr-defined]
        elif called in PLURALS and all(map(_is_text, node.args[:2])):
            yield _name(path), node.lineno, tuple(each.value for each in node.args[:2])  # type: ignore[attr-defined]
        elif called in TEXTS:
            told = [node.args[place] for place in TEXTS[called] if place < len(node.args)]
            told += [each.value for each in node.keywords if each.arg == HINT]
            for each in filter(_is_text, told):
                yield _name(path), node.lineno, each.value  # type: ignore[attr-defined]


def _findings(path: Path) -> Found:
    """Yield the texts of findings; a value in one stands as `%(v1)s`, the next as `%(v2)s`."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(module):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            told = [node.args[place] for place in FINDINGS.get(called, ()) if place < len(node.args)]
            told += [each.value for each in node.keywords if each.arg == "question"]
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_problem"):
            told = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
        for text in sorted({text for each in told for text in _texts_of(each, module) if WORD.search(text)}):
            yield _name(path), node.lineno, text


def _texts_of(node: ast.expr, module: ast.Module, through: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the texts that an expression may come to; of a name, those that it is set to somewhere in the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        number = count(1)
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"%(v{next(number)})s" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _texts_of(node.body, module, through)
        yield from _texts_of(node.orelse, module, through)
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from _texts_of(each, module, through)
    elif isinstance(node, ast.Name) and node.id not in through:
        for value in _set_to(node.id, module):
            yield from _texts_of(value, module, (*through, node.id))


def _set_to(name: str, module: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=False)
                yield from (value for each, value in pairs if isinstance(each, ast.Name) and each.id == name)


def _values(names: ast.Dict) -> Iterator[ast.expr]:
    """Yield the values of a mapping, those of mappings that are put into it too."""
    for key, value in zip(names.keys, names.values, strict=True):
        if key is None and isinstance(value, ast.Dict):
            yield from _values(value)
        else:
            yield value


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def _intents() -> list[tuple[str, dict[str, Any]]]:
    entries = YAML(typ="safe").load(PROJECT_ROOT / "domain.yml")["intents"]
    return [next(iter(entry.items())) if isinstance(entry, dict) else (entry, {}) for entry in entries]


def main() -> int:
    """Do what the command line says; return 1 if a catalogue is not complete."""
    texts, wanted = extracted(), [each for each in sys.argv[1:] if not each.startswith("-")]
    wrong = 0
    for language in wanted or sorted(path.stem for path in FOLDER.glob("*.po")):
        if "--check" not in sys.argv:
            (FOLDER / f"{language}.po").write_bytes(updated(language, texts))
        for problem in problems(language, texts):
            print(f"{language}: {problem}")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
