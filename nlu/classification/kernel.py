"""The Gaussian kernel over sentence vectors: how like a message is to each of thousands of phrasings, and what that says for
each label.

All of it is one graph, so that nothing passes through Python and other messages are understood meanwhile. The cosines go by
way of 8-bit integers: in float32 the phrasings' vectors are larger than a processor's caches, and each message would wait
until all of them have come from memory (docs/bench.md). The integers are unsigned, around 128: of signed ones, processors
without VNNI lose what overflows 16 bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlu.encoding.onnx_session import open_session

ZERO, TOP = 128, 127  # what stands for 0.0, and how far the numbers go to either side
NEIGHBOURS = 3  # phrasings whose mean cosine says how near a message is to anything known


class Kernel:
    """Made by `of`, whose `graph` is written to a file, or from that file; `scores` is thread-safe."""

    def __init__(self, graph: Path | bytes):
        self.graph = graph  # only a path where it was loaded: the bytes would be held twice
        self._session = open_session(graph)

    @classmethod
    def of(cls, vectors: np.ndarray, weights: np.ndarray, sharpness: float) -> Kernel:
        """Of phrasings with these unit vectors, shape (phrasings, size), and weights, shape (phrasings, labels)."""
        return cls(_graph(np.asarray(vectors, np.float32), np.asarray(weights, np.float32), sharpness))

    def scores(self, vector: np.ndarray) -> tuple[np.ndarray, float]:
        """For a unit vector of shape (size,): each label's sum of weights times likeness, shape (labels,), and the mean
        cosine with the NEIGHBOURS nearest phrasings."""
        scores, near = self._session.run(None, {"vector": vector[None]})
        return scores[0], float(near[0])


def gaussian(cosines: np.ndarray, sharpness: float) -> np.ndarray:
    """Likeness of unit vectors: exp(-sharpness * (1 - cosine)), 1 for the same vector."""
    return np.exp(sharpness * (cosines - 1)).astype(np.float32)


def nearness(cosines: np.ndarray) -> np.ndarray:
    """The mean of the NEIGHBOURS greatest of each row."""
    return np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)


def _graph(vectors: np.ndarray, weights: np.ndarray, sharpness: float) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    (phrasings, size), labels = vectors.shape, weights.shape[1]
    scales = np.abs(vectors).max(axis=1) / TOP
    scales[scales == 0] = 1.0
    held = {
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
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in held.items()],
    )
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
