"""What every patch is made of: the code of Rasa that it relies on, what it looks at in a model, and how it is applied."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REPLACED = "_advisor_replaced"  # attribute of our functions that holds Rasa's


@dataclass(frozen=True)
class Patch:
    """A faster replacement of a part of Rasa.

    `relied_on` are the pieces of Rasa's code that it was written against, with the digests of their sources. `apply` puts it
    in place for a processor, Rasa's for one loaded model; `fits` tells whether it may, from the model and the process.
    """

    name: str
    relied_on: tuple[tuple[Any, str], ...]
    apply: Callable[[Any], None]
    fits: Callable[[Any], bool] = lambda processor: True

    def obstacle(self, processor: Any) -> str | None:
        """Return why the patch must not be applied to this processor, or None if it may."""
        for code, known in self.relied_on:
            if digest(code) != known:
                return f"{getattr(code, '__qualname__', code.__name__)} is not the code that was looked at"
        return None if self.fits(processor) else "the model has rules, slots or forms that it was not made for"


def digest(code: Any) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a function's, class's or module's source; "" if it has none.

    For a function that a patch has replaced, it is Rasa's source that counts.
    """
    code = getattr(code, REPLACED, code)
    try:
        return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:16]
    except (OSError, TypeError):
        return ""


def replace_attribute(owner: type, name: str, ours: Any) -> None:
    """Put ours in place of Rasa's attribute, once, and keep Rasa's where `digest` finds it."""
    rasas = getattr(owner, name)
    function = getattr(ours, "__func__", ours)
    if not hasattr(rasas, REPLACED):
        setattr(function, REPLACED, rasas)
        setattr(owner, name, ours)
