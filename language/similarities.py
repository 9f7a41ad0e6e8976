"""How like a message is to each of thousands of phrasings: cosines, by way of 8-bit integers.

In float32 the phrasings' vectors are larger than a processor's caches, so that each message waits until all of them have
come from memory. In 8 bits, with a scale for each phrasing, they are a quarter of that (docs/bench.md). The numbers are
unsigned, around 128: of signed ones, processors without VNNI lose what overflows 16 bits.
"""

from __future__ import annotations

import numpy as np

from language.sessions import open_session

ZERO, TOP = 128, 127  # what stands for 0.0, and how far the numbers go to either side


class Similarities:
    """Made by `of` unit vectors, kept as the bytes of `graph`; `cosines` is thread-safe."""

    def __init__(self, graph: bytes):
        self.graph = graph
        self._session = open_session(graph)

    @classmethod
    def of(cls, vectors: np.ndarray) -> Similarities:
        """To unit vectors of shape (phrasings, size)."""
        return cls(_graph(np.asarray(vectors, np.float32)))

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """Of a unit vector of shape (size,) with each phrasing's, shape (phrasings,)."""
        return self._session.run(None, {"vector": vector[None]})[0][0]


def _graph(vectors: np.ndarray) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    phrasings, size = vectors.shape
    scales = np.abs(vectors).max(axis=1) / TOP
    scales[scales == 0] = 1.0
    weights = {
        "phrasings": (np.rint(vectors / scales[:, None]) + ZERO).astype(np.uint8).T,
        "scales": scales,
        "zeros": np.full(phrasings, ZERO, np.uint8),
    }
    graph = helper.make_graph(
        [helper.make_node("DynamicQuantizeMatMul", ["vector", *weights], ["cosines"], domain="com.microsoft")],
        "similarities",
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, size])],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, [1, phrasings])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in weights.items()],
    )
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
