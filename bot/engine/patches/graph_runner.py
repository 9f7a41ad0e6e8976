"""The graph of a loaded model, run without planning it anew for each message.

Rasa: `DaskGraphRunner.run` builds a task graph, hands it to dask and formats the whole conversation for a debug line, two or
three times a turn.
Ours: calls the nodes in an order that is found once for each set of targets, since it never changes.
Guard: the digests of the runner and of its nodes.
Gain: 1.3 ms of CPU a turn (docs/engine.md).
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot.engine.patches.base import Patch

# How the nodes of a loaded model are found and called.
NODES = ((DaskGraphRunner, "78a7d146c5c06d4c"), (GraphNode, "d7c4d5f37f514cc5"))


class DirectRunner:
    """Runner that calls the nodes of Rasa's in an order found once for each set of targets."""

    def __init__(self, planned: DaskGraphRunner) -> None:
        self._schema, self.nodes = planned._graph_schema, planned._instantiated_nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Return the output of each target; raises GraphRunError as Rasa's does."""
        wanted = tuple(targets or self._schema.target_names)
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name in self._order(wanted):
                needs = self._schema.nodes[name].needs.values()
                outputs[name] = self.nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """Return the nodes that the targets need, each after those that it needs itself."""
        if targets not in self._orders:
            order: dict[str, None] = {}
            for target in targets:
                self._place(target, order)
            self._orders[targets] = list(order)
        return self._orders[targets]

    def _place(self, name: str, order: dict[str, None]) -> None:
        if name in order or name not in self.nodes:  # what is no node is an input
            return
        for need in self._schema.nodes[name].needs.values():
            self._place(need, order)
        order[name] = None


def nodes_of(processor: Any, kind: type) -> list[GraphNode]:
    """Return the loaded model's nodes whose component is of exactly this class."""
    runner = processor.graph_runner
    nodes = runner.nodes if isinstance(runner, DirectRunner) else runner._instantiated_nodes
    return [node for node in nodes.values() if type(node._component) is kind]


def _apply(processor: Any) -> None:
    if isinstance(processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = DirectRunner(processor.graph_runner)


PATCH = Patch("the graph", NODES, _apply)
