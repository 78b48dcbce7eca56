"""What Prometheus reads: one registry for each application, so that two of them in a process do not mix."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from sqlalchemy.pool import QueuePool

from app.kit.db import Database

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one application; several workers are read one by one."""

    def __init__(self, database: Database) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Histogram(
            "longwen_http_request_seconds",
            "requests answered and the time it took, by route",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "longwen_refusals", "requests refused, by the code of the problem", ("code",), registry=self.registry
        )
        self._replays = Counter(
            "longwen_replays", "entries sent again under the same id and content", registry=self.registry
        )
        pool = database.engine.pool
        if isinstance(pool, QueuePool):
            in_use = Gauge("longwen_pool_in_use", "database connections at work", registry=self.registry)
            in_use.set_function(pool.checkedout)
            size = Gauge("longwen_pool_size", "database connections at most", registry=self.registry)
            size.set(pool.size())

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).observe(seconds)

    def refused(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def replayed(self, count: int = 1) -> None:
        """Count entries that were recognised as sent before."""
        self._replays.inc(count)

    def page(self) -> bytes:
        """The registry in Prometheus' text format."""
        return generate_latest(self.registry)
