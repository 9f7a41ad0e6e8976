"""What Rasa needs of TensorFlow where TensorFlow is not installed.

scripts/setup copies this file into the engine's environment, as its module `tensorflow`. So it is there for whoever starts Rasa
(./advisor, .venv/engine/bin/rasa, python -m rasa, pytest), and no part of it runs where Rasa doesn't.

Rasa: imports TensorFlow at each start, whatever config.yml names, since a few classes that most of its modules lead to derive
from TensorFlow's.
Ours: the names that these class statements mention, as classes of which no object can be made. Components that would need one
say that they require TensorFlow, which Rasa itself checks before it trains.
Guard: the digest of every file of Rasa that imports TensorFlow, and of those that check what components require. If it differs,
the import fails and says what to do. Where TensorFlow is installed, Python finds that first: a folder goes before a file.
Gain: docs/bench.md, "Without TensorFlow".
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

REMEDY = "make setup TENSORFLOW=yes"
# The files of Rasa that import TensorFlow, and those that check what a component requires, by their places in its package.
RELIED_ON = (
    *("core/policies/ted_policy.py", "core/policies/unexpected_intent_policy.py", "nlu/classifiers/diet_classifier.py"),
    *("nlu/featurizers/dense_featurizer/convert_featurizer.py", "nlu/featurizers/dense_featurizer/lm_featurizer.py"),
    *("nlu/selectors/response_selector.py", "utils/tensorflow/callback.py", "utils/tensorflow/crf.py"),
    *("utils/tensorflow/data_generator.py", "utils/tensorflow/environment.py", "utils/tensorflow/layers.py"),
    *("utils/tensorflow/layers_utils.py", "utils/tensorflow/metrics.py", "utils/tensorflow/models.py"),
    *("utils/tensorflow/rasa_layers.py", "utils/tensorflow/transformer.py", "utils/tensorflow/types.py"),
    *("engine/graph.py", "engine/validation.py", "utils/common.py"),
)
KNOWN = "bce3088e1b0acfb6"
# What their class statements, decorators, annotations and imports name, by module.
NAMES: Mapping[str, tuple[str, ...]] = {
    "tensorflow": ("Tensor", "SparseTensor", "TensorShape", "TensorSpec"),
    "tensorflow.config": (),
    "tensorflow.keras": (),
    "tensorflow.keras.backend": (),
    "tensorflow.keras.callbacks": ("Callback",),
    "tensorflow.keras.layers": ("AbstractRNNCell", "Dense", "Dropout", "Layer"),
    "tensorflow.keras.metrics": ("Metric",),
    "tensorflow.keras.utils": ("Sequence",),
    "tensorflow.python": (),
    "tensorflow.python.eager": (),
    "tensorflow.python.eager.wrap_function": ("WrappedFunction",),
    "tensorflow.types": (),
    "tensorflow.types.experimental": ("TensorLike",),
    "keras": ("Model",),
    "keras.utils": (),
    "keras.utils.tf_utils": (),
    "keras.utils.control_flow_util": ("smart_cond",),
}
# The modules of Rasa whose components need TensorFlow; what derives from those requires what they do.
COMPONENTS = {
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.core.policies.ted_policy",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
}


class StandIn:
    """A class of TensorFlow's, to derive from and to annotate with."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        refuse(type(self).__name__)


def refuse(component: str) -> NoReturn:
    """Raise an exception that Rasa's command tells in one line."""
    from rasa.shared.exceptions import RasaException

    raise RasaException(f"{component} needs TensorFlow, which is not installed. To add it, run: {REMEDY}")


def digest(rasa: Path) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of the files relied on in a package of Rasa; "" if one is missing."""
    try:
        return hashlib.sha256(b"".join((rasa / name).read_bytes() for name in RELIED_ON)).hexdigest()[:16]
    except OSError:
        return ""


def stand_in() -> None:
    """Become TensorFlow and Keras for Rasa; raises ModuleNotFoundError if it is not Rasa that asks, or another Rasa."""
    rasa = sys.modules.get("rasa")
    if rasa is None:
        raise ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")
    if digest(Path(rasa.__path__[0])) != KNOWN:
        raise ModuleNotFoundError(
            f"No module named 'tensorflow', and this Rasa is not the one that works without it. To add it, run: {REMEDY}",
            name="tensorflow",
        )
    _refuse_components()
    for name, classes in NAMES.items():
        parent, _, own = name.rpartition(".")
        module = sys.modules.setdefault(name, ModuleType(name))
        for each in classes:
            setattr(module, each, type(each, (StandIn,), {"__module__": name}))
        if parent:
            setattr(sys.modules[parent], own, module)
    _ignore_settings(sys.modules["tensorflow.config"])


def _ignore_settings(config: Any) -> None:
    """Let Rasa pass on what the environment says of threads and graphics cards, to nobody."""
    config.list_physical_devices = lambda kind: []
    config.threading = SimpleNamespace(
        set_inter_op_parallelism_threads=lambda number: None, set_intra_op_parallelism_threads=lambda number: None
    )


def _refuse_components() -> None:
    """Refuse components that need TensorFlow: where Rasa asks what they require, before it trains, and where it loads them."""
    from rasa.engine.graph import GraphComponent

    def declare(component: type[GraphComponent], **more: Any) -> None:
        super(GraphComponent, component).__init_subclass__(**more)
        if component.__module__ in COMPONENTS:
            component.required_packages = component.load = classmethod(lambda one, *_, **__: refuse(one.__name__))

    GraphComponent.__init_subclass__ = classmethod(declare)


if __name__ == "tensorflow":
    stand_in()
