"""Runs Rasa's graph without planning it anew for each message: the order of its nodes never changes."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class DirectRunner:
    """Calls the nodes of a runner in an order found once for each set of targets.

    Rasa's own builds a task graph, hands it to dask and formats the whole conversation for a debug line, twice or three
    times a turn.
    """

    def __init__(self, planned: DaskGraphRunner):
        self._schema, self.nodes = planned._graph_schema, planned._instantiated_nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
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
        """The nodes that the targets need, each after those that it needs itself."""
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
