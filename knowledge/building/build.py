"""Builds the database and data/generated/ from the sources; either everything is valid and written, or nothing is."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.axes import __file__ as axes_file
from knowledge.axes import along, axes_of
from knowledge.building import schema
from knowledge.building.catalogue_tables import catalogue_tables
from knowledge.building.generate import generated_files
from knowledge.building.guide_tables import Tables, guide_tables
from knowledge.building.load import Collection, collect
from knowledge.building.sources import Findings, fingerprint, read_folder
from knowledge.building.validate import ROLES_FILE, check_all, check_roles, everyday_names
from knowledge.db_format import AXES, REBUILD, VECTOR_LENGTH, WITH_WORDS
from knowledge.errors import BuildFailed, Problem, SourcesRefused, VectorsUnusable
from knowledge.hashed_words import beside_words

Encode = Callable[[list[str]], NDArray[Any]]
Roles = Mapping[str, str]
NO_ROLES: Roles = {}
UNFINISHED = ".building"


@dataclass(frozen=True)
class BuildReport:
    """The result of a build; `generated` names the generated files that changed, `remarks` are what is no problem yet."""

    database: Path
    counts: dict[str, int]
    vectors: int
    generated: tuple[str, ...]
    remarks: tuple[Problem, ...] = ()


def build(
    sources_dir: Path,
    db_path: Path,
    generated_dir: Path,
    encode: Encode | None = None,
    roles: Roles = NO_ROLES,
    before: Path | None = None,
) -> BuildReport:
    """Build the database and the generated files; the old ones stay as they are until the very end.

    `encode` turns texts into vectors for the search by meaning. `roles` are the roles that guide/roles.yml must give,
    each with what its topic is about. `before` is the database from whose claims' axes it may go on, that at `db_path` if none
    is named. Raises SourcesRefused with all problems, BuildFailed if the files cannot be
    written.
    """
    collection = _collect_checked(sources_dir, roles)
    tables = {**guide_tables(collection), **catalogue_tables(collection)}
    files = generated_files(collection)
    vectors, axes_from = _add_vectors(tables, encode, before or db_path)
    tables["meta"] = _meta(collection, files, vectors, axes_from)
    try:
        changed = _write_all(tables, files, db_path, generated_dir)
    except (OSError, sqlite3.Error) as error:
        raise BuildFailed(f"{db_path}: cannot be written ({error}). Check the disk and the rights.") from error
    counts = {name: len(rows) for name, rows in tables.items()}
    return BuildReport(db_path, counts, vectors, changed, tuple(everyday_names(collection)))


def _write_all(tables: Tables, files: dict[str, bytes], db_path: Path, generated_dir: Path) -> tuple[str, ...]:
    """Write everything and return the names of the generated files that changed."""
    db_path.parent.mkdir(parents=True, exist_ok=True)
    generated_dir.mkdir(parents=True, exist_ok=True)
    with _only_build(db_path):
        _remove_unfinished(db_path, *(generated_dir / name for name in files))
        with _replacing(db_path) as unfinished:
            _write_database(unfinished, tables)
        return tuple(name for name, data in files.items() if _write_if_changed(generated_dir / name, data))


def remarks_on(sources_dir: Path) -> list[Problem]:
    """Return what is no problem, but may surprise: names that are everyday words."""
    return everyday_names(collect(sources_dir, Findings()))


def check_drafts(sources_dir: Path) -> tuple[list[Problem], list[str]]:
    """Return the problems of a guide as if all of its topics were accepted, and the keys of those that are not."""
    findings = Findings()
    collection = collect(sources_dir, findings, with_drafts=True)
    check_all(collection, findings)
    return sorted(set(findings)), [row["key"] for row in collection.waiting if "key" in row.values]


def check(sources_dir: Path, generated_dir: Path, roles: Roles = NO_ROLES) -> list[Problem]:
    """Return the problems for which `build` would refuse the sources, or else the generated files that it would change.

    Changes nothing.
    """
    findings = Findings()
    collection = _collect(sources_dir, findings, roles)
    if findings:
        return SourcesRefused(findings).problems
    for name, data in generated_files(collection).items():
        path = generated_dir / name
        if not path.is_file() or path.read_bytes() != data:
            shown = f"{generated_dir.parent.name}/{generated_dir.name}/{name}"
            what = f"this is not what {sources_dir.name}/ gives today" if path.is_file() else "the file is missing"
            findings.add(shown, 1, what, REBUILD)
    return sorted(findings)


def is_current(sources_dir: Path, db_path: Path, generated_dir: Path, vectors: bool = False) -> bool:
    """Return whether a build would change nothing; quick, by fingerprints.

    With `vectors`, a database without vectors is not current.
    """
    meta = _read_meta(db_path)
    if meta.get("made_from") != _made_from(fingerprint(read_folder(sources_dir))):
        return False
    if vectors and meta["vectors"] == "0":
        return False
    paths = [(name, generated_dir / name) for name in meta["generated"].split()]
    return all(path.is_file() for _, path in paths) and meta["generated_hash"] == _hash_files(
        {name: path.read_bytes() for name, path in paths}
    )


def _collect(sources_dir: Path, findings: Findings, roles: Roles) -> Collection:
    collection = collect(sources_dir, findings)
    check_all(collection, findings)
    check_roles(collection, findings, roles, f"{sources_dir.name}/{ROLES_FILE}")
    return collection


def _collect_checked(sources_dir: Path, roles: Roles) -> Collection:
    findings = Findings()
    collection = _collect(sources_dir, findings, roles)
    if findings:
        raise SourcesRefused(findings)
    return collection


def _add_vectors(tables: Tables, encode: Encode | None, before: Path) -> tuple[int, str]:
    """Fill in the vectors of passages, claims and their questions; return how many there are and what the axes are from."""
    if encode is None:
        return 0, ""
    rows = [*tables["passage"], *tables["claim"], *tables["claim_ask"]]
    texts = [_encoded(row) for row in rows]
    vectors = np.asarray(encode(texts), dtype="<f4")
    if vectors.shape != (len(rows), VECTOR_LENGTH) or not np.isfinite(vectors).all():
        raise VectorsUnusable(
            f"the encoder gave {vectors.shape} for {len(rows)} texts, not {VECTOR_LENGTH} finite numbers each"
        )
    passages = len(tables["passage"])
    _set_vectors(rows[:passages], vectors[:passages])
    axes_from = ""
    if of_claims := rows[passages:]:
        with_words = beside_words(vectors[passages:], texts[passages:]).astype("<f4")
        groups = [(row["topic"], row["number"]) for row in of_claims]
        axes_from = _fingerprint_of_axes(with_words, groups)
        axes = _axes_before(before, axes_from)
        if axes is None:
            axes = axes_of(with_words, groups, AXES).astype("<f4")
        tables["claim_axis"] = [{"position": at, "vector": None} for at in range(WITH_WORDS)]
        _set_vectors(tables["claim_axis"], axes)
        _set_vectors(of_claims, along(with_words, axes.astype(np.float64)))
    return len(vectors), axes_from


def _fingerprint_of_axes(vectors: NDArray[Any], groups: list[tuple[str, int]]) -> str:
    """Return what stays the same until a claim, one of its questions or the way to find axes is changed."""
    return fingerprint([], vectors.tobytes(), repr(groups).encode(), Path(axes_file).read_bytes())


def _axes_before(db_path: Path, axes_from: str) -> NDArray[Any] | None:
    """Return the axes of the database that is there if they were found from the same claims; finding them takes seconds."""
    if _read_meta(db_path).get("axes_from") != axes_from:
        return None
    try:
        with closing(sqlite3.connect(f"{db_path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            kept = [vector for (vector,) in connection.execute("SELECT vector FROM claim_axis ORDER BY position")]
        axes = np.frombuffer(b"".join(kept), "<f4").reshape(WITH_WORDS, -1)
    except (sqlite3.Error, TypeError, ValueError):
        return None
    return axes if axes.size and np.isfinite(axes).all() else None


def _set_vectors(rows: list[dict[str, Any]], vectors: NDArray[Any]) -> None:
    for row, vector in zip(rows, vectors.astype("<f4"), strict=True):
        row["vector"] = vector.tobytes()


def _encoded(row: dict[str, Any]) -> str:
    """Return what is encoded of a passage, a claim or a question: its text, a passage's after its title."""
    text = f"{row['title']}. {row['text']}" if "title" in row else row.get("say") or row["text"]
    return str(text).replace("**", "")


def _meta(collection: Collection, files: dict[str, bytes], vectors: int, axes_from: str) -> list[dict[str, str]]:
    facts = {
        "made_from": _made_from(fingerprint(collection.files)),
        "generated": " ".join(sorted(files)),
        "generated_hash": _hash_files(files),
        "vectors": str(vectors),
        "axes_from": axes_from,
    }
    return [{"name": name, "value": value} for name, value in facts.items()]


def _made_from(sources: str) -> str:
    """Return the fingerprint of the sources and of this room's code, since a changed builder may build something else."""
    code = [path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py"))]
    return fingerprint([], sources.encode(), *code)


def _hash_files(files: dict[str, bytes]) -> str:
    return fingerprint([], *(part for name in sorted(files) for part in (name.encode(), files[name])))


def _read_meta(db_path: Path) -> dict[str, str]:
    """Return the table `meta`; empty if there is no usable database."""
    try:
        with closing(sqlite3.connect(f"{db_path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return dict(connection.execute("SELECT name, value FROM meta"))
    except sqlite3.Error:
        return {}


def _write_database(path: Path, tables: Tables) -> None:
    from sqlite_utils import Database  # memory that a front, which may build, does not need until it does

    # Closed in any case, so that the file of a failed build can be removed.
    with closing(Database(path)) as db:
        schema.prepare_file(db)
        schema.create_tables(db)
        with db.atomic():
            for name, columns in schema.TABLES.items():
                db.table(name).insert_all(_sorted(tables[name], columns.pk))
        schema.create_indexes(db)
        schema.finish_file(db)


def _sorted(rows: list[dict[str, Any]], pk: str | Sequence[str]) -> list[dict[str, Any]]:
    names = (pk,) if isinstance(pk, str) else tuple(pk)
    return sorted(rows, key=lambda row: tuple(row[name] for name in names))


@contextmanager
def _only_build(db_path: Path) -> Iterator[None]:
    """Wait until no other build writes the same database. A build that was killed holds no lock."""
    with open(db_path.with_name(f".{db_path.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path`, which replaces `path` unless the block raises."""
    unfinished = _unfinished(path)
    try:
        yield unfinished
        _sync(unfinished)
        os.replace(unfinished, path)
        _sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


def _remove_unfinished(*paths: Path) -> None:
    """Remove the unfinished files of builds that were killed."""
    for path in paths:
        for left in path.parent.glob(f"{path.name}{UNFINISHED}*"):
            left.unlink(missing_ok=True)


def _write_if_changed(path: Path, data: bytes) -> bool:
    if path.is_file() and path.read_bytes() == data:
        return False
    with _replacing(path) as unfinished:
        unfinished.write_bytes(data)
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
