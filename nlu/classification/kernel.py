"""Gaussian kernel over sentence vectors: how similar a message is to each of thousands of phrasings, summed for each label.

All of it is one ONNX graph, so that nothing passes through Python and other messages are understood meanwhile. The
cosines are computed with 8-bit integers: in float32 the phrasings' vectors are larger than a processor's caches, and
each message would wait until all of them have come from memory (docs/bench.md). The integers are unsigned, around 128:
with signed ones, processors without VNNI lose what overflows 16 bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.encoding.onnx_session import open_session

ZERO, TOP = 128, 127  # the integer of 0.0, and the greatest distance from it
AT_ONCE = 256  # phrasings whose cosines fit into a processor's cache
NEIGHBOURS = 3  # phrasings whose mean cosine is the nearness of a message


class Kernel:
    """ONNX graph of the kernel, made by `of` or read from a file; `scores` is thread-safe."""

    def __init__(self, graph: Path | bytes) -> None:
        self.graph = graph  # a path if it was loaded from a file, since the bytes would be in memory twice
        self._session = open_session(graph)

    @classmethod
    def of(cls, vectors: NDArray[Any], weights: NDArray[Any], sharpness: float) -> Kernel:
        """Build the kernel of phrasings with unit vectors, shape (phrasings, size), and weights, shape (phrasings, labels)."""
        return cls(_graph(np.asarray(vectors, np.float32), np.asarray(weights, np.float32), sharpness))

    def scores(self, vector: NDArray[Any]) -> tuple[NDArray[Any], float]:
        """Return the labels' scores for a unit vector, shape (size,), and its nearness to the phrasings.

        A label's score is the sum of weights times similarity, shape (labels,); nearness is the mean cosine with the
        NEIGHBOURS nearest phrasings.
        """
        scores, near = self._session.run(None, {"vector": vector[None]})
        return scores[0], float(near[0])


def gaussian(cosines: NDArray[Any], sharpness: float) -> NDArray[Any]:
    """Turn cosines of unit vectors into similarities, exp(-sharpness * (1 - cosine)): 1 for the same vector.

    In place, and returned: of thousands of phrasings they take half a gigabyte, and copies of it most of the time.
    """
    cosines -= 1
    cosines *= sharpness
    np.exp(cosines, out=cosines)
    return cosines


def nearness(cosines: NDArray[Any]) -> NDArray[Any]:
    """Return the nearness of each phrasing to the others: the mean of its NEIGHBOURS greatest cosines, shape (phrasings,)."""
    means = np.empty(len(cosines), cosines.dtype)
    for start in range(0, len(cosines), AT_ONCE):
        rows = cosines[start : start + AT_ONCE].copy()
        rows[np.arange(len(rows)), np.arange(start, start + len(rows))] = -1  # itself
        rows.partition(-NEIGHBOURS, axis=1)
        means[start : start + AT_ONCE] = rows[:, -NEIGHBOURS:].mean(axis=1)
    return means


def _graph(vectors: NDArray[Any], weights: NDArray[Any], sharpness: float) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    (phrasings, size), labels = vectors.shape, weights.shape[1]
    scales = np.abs(vectors).max(axis=1) / TOP
    scales[scales == 0] = 1.0
    constants = {
        "phrasings": (np.rint(vectors / scales[:, None]) + ZERO).astype(np.uint8).T,
        "scales": scales,
        "zeros": np.full(phrasings, ZERO, np.uint8),
        "sharpness": np.float32(sharpness),
        "one": np.float32(1),
        "weights": weights,
        "neighbours": np.array([min(NEIGHBOURS, phrasings)], np.int64),
    }
    nodes = [
        helper.make_node(
            "DynamicQuantizeMatMul", ["vector", "phrasings", "scales", "zeros"], ["cosines"], domain="com.microsoft"
        ),
        helper.make_node("Sub", ["cosines", "one"], ["below"]),
        helper.make_node("Mul", ["below", "sharpness"], ["exponents"]),
        helper.make_node("Exp", ["exponents"], ["likeness"]),
        helper.make_node("MatMul", ["likeness", "weights"], ["scores"]),
        helper.make_node("TopK", ["cosines", "neighbours"], ["nearest", "which"], sorted=0),
        helper.make_node("ReduceMean", ["nearest"], ["near"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "kernel",
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, size])],
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, labels]),
            helper.make_tensor_value_info("near", TensorProto.FLOAT, [1]),
        ],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return bytes(model.SerializeToString())
