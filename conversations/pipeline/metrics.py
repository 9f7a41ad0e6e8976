"""Prometheus metrics of the pipeline: counts and durations, never what was said."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8)  # seconds


class Metrics:
    """The pipeline's counters and histograms, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.received = Counter(
            "advisor_messages_received", "Messages that came in.", ["channel"], registry=self._registry
        )
        self.answered = Counter(
            "advisor_messages_answered", "What became of them.", ["channel", "outcome"], registry=self._registry
        )
        self.engine = Histogram(
            "advisor_engine_seconds", "How long the engine took for a turn.", buckets=BUCKETS, registry=self._registry
        )
        self.deliveries = Counter(
            "advisor_deliveries", "Tries to hand replies to a platform.", ["channel", "result"], registry=self._registry
        )
        self.understood = Counter(
            "advisor_understood", "Turns by what understood them.", ["by"], registry=self._registry
        )
        self.model_calls = Counter(
            "advisor_language_model_calls", "What came of asking it.", ["result"], registry=self._registry
        )
        self.queries_refused = Counter(
            "advisor_language_model_queries_refused",
            "Queries of it that the engine did not take.",
            registry=self._registry,
        )
        self.model_seconds = Histogram(
            "advisor_language_model_seconds", "How long it took.", buckets=BUCKETS, registry=self._registry
        )
        self.model_tokens = Counter(
            "advisor_language_model_tokens", "Tokens it read and wrote.", ["direction"], registry=self._registry
        )
        self.model_cost = Counter(
            "advisor_language_model_cost", "What it cost, by the prices in the settings.", registry=self._registry
        )
        self.rephrased = Counter(
            "advisor_rephrased", "Answers by what came of rephrasing them.", ["result"], registry=self._registry
        )
        self.ready = Gauge(
            "advisor_ready", "Whether a part of the engine is well (1) or not (0).", ["part"], registry=self._registry
        )

    def count_model_call(self, result: str, ms: float, tokens_in: int, tokens_out: int, cost: float | None) -> None:
        """Count that a language model was asked what a message means, and what came of it."""
        self.model_calls.labels(result).inc()
        self._count_work(ms, tokens_in, tokens_out, cost)

    def count_rephrasing(self, result: str, ms: float, tokens_in: int, tokens_out: int, cost: float | None) -> None:
        """Count that an answer was to be rephrased, and what came of it."""
        self.rephrased.labels(result).inc()
        self._count_work(ms, tokens_in, tokens_out, cost)

    def _count_work(self, ms: float, tokens_in: int, tokens_out: int, cost: float | None) -> None:
        if ms:
            self.model_seconds.observe(ms / 1000)
        self.model_tokens.labels("in").inc(tokens_in)
        self.model_tokens.labels("out").inc(tokens_out)
        self.model_cost.inc(cost or 0.0)

    def page(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
