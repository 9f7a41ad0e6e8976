"""The examples of training, read once and never copied, and what it makes, packed without being compressed.

Rasa: `rasa train` reads all files of examples for its validation and again for training, copies every example deeply each time
that two sets of examples are put together (a dozen times), and hashes it anew after each copy. It also hashes all that goes
into and comes out of each component, as keys of a cache that `--force` does not read.
Ours: the files are read once a process, sets are put together from the same examples, and an example keeps its hash unless it
changes. Examples are not changed by our component, nor by the policies. Without the cache, no keys are made. A model's archive
holds numbers, which get an eighth smaller at best and have to be unpacked at each start.
Guard: the digests of Rasa's classes, and that the project's files name only components of ours (unused_packages.py).
Gain: docs/bench.md, "Training".
"""

from __future__ import annotations

import logging
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.engine.patches.base import digest, replace_attribute
from bot.engine.patches.starting.unused_packages import only_ours

logger = logging.getLogger(__name__)


def keep_examples(root: Path, arguments: Sequence[str]) -> bool:
    """Put the faster functions in place for a training in `root`; return whether that was done."""
    if not only_ours(root, arguments):
        return False
    from rasa.engine.training.hooks import TrainingHook
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from tarsafe import TarSafe

    relied_on = (
        (TrainingData, "28e5d7b7aa112b96"),
        (Message, "081678a8e285fe22"),
        (RasaFileImporter, "3bc1790ccbcca395"),
        (TrainingHook, "2f73b837731d8ff4"),
    )
    if any(digest(code) != known for code, known in relied_on):
        logger.warning(
            "training reads and copies all examples several times: this Rasa is another. It works, but slower."
        )
        return False
    replace_attribute(TrainingData, "merge", _merge)
    replace_attribute(TrainingData, "sanitize_examples", staticmethod(_sanitized))
    replace_attribute(RasaFileImporter, "get_nlu_data", _read_once(RasaFileImporter.get_nlu_data))
    replace_attribute(TarSafe, "gzopen", classmethod(_packed))
    if "--force" in arguments:
        replace_attribute(TrainingHook, "on_before_node", lambda *_, **__: {})
        replace_attribute(TrainingHook, "on_after_node", lambda *_, **__: None)
    return True


def _merge(self: Any, *others: Any) -> Any:
    """Return the examples and tables of several sets as one."""
    from rasa.shared.nlu.training_data import util

    sets = [self, *filter(None, others)]
    synonyms = self.entity_synonyms.copy()
    for other in sets[1:]:
        for text, synonym in other.entity_synonyms.items():
            util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
        synonyms.update(other.entity_synonyms)
    return type(self)(
        [example for each in sets for example in each.training_examples],
        synonyms,
        [feature for each in sets for feature in each.regex_features],
        [table for each in sets for table in each.lookup_tables],
        {name: texts for each in sets for name, texts in each.responses.items()},
    )


def _packed(cls: Any, name: str, mode: Any = "r", fileobj: Any = None, compresslevel: int = 0, **options: Any) -> Any:
    """Open an archive as Python's own method does, but pack without compressing."""
    opened = tarfile.TarFile.gzopen.__func__  # type: ignore[attr-defined]  # of the class that it is asked of
    return opened(cls, name, mode, fileobj, compresslevel, **options)


def _sanitized(examples: list[Any]) -> list[Any]:
    """Return examples without repeated ones and without space around the intent and the response."""
    for example in examples:
        for what in ("intent", "response"):
            said = example.get(what)
            if said and said != said.strip():
                example.set(what, said.strip())
    return list(dict.fromkeys(examples))


def _read_once(rasas: Any) -> Any:
    read: dict[tuple[Any, ...], Any] = {}

    def get_nlu_data(self: Any, language: str | None = "en") -> Any:
        files = (*self._nlu_files, language)
        if files not in read:
            read[files] = rasas(self, language)
        return read[files]

    return get_nlu_data
