"""What happens here as numbers for Prometheus, on an address of its own.

Numbers and kinds only: no chat, account, address or text is ever a label. The list with what to
alarm on is in docs/how-to/deploy.md.
"""

import asyncio
import platform
from importlib import metadata

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.notifier.parcel import Dead, Delivered, Verdict
from bot.watch import Part, Watch
from flows.model import Facts
from storage.base import StorageError, Store

PATIENCE = 3.0  # seconds; a scrape without the backlog is better than none

_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_TURN = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_TRY = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_AGE = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)


class Counts(Watch):
    """Counts for one process. Each has a registry of its own, so that tests do not share."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        build = {"version": _version(), "python": platform.python_version()}
        Info("vssid_build", "What is running.", registry=self.registry).info(build)
        self._count_turns()
        self._count_messages()
        self._failures = self._counter("database_errors", "Database not usable.", "part")

    def _count_turns(self) -> None:
        updates = self._counter("updates", "Updates by what became of them.", "result")
        self._taken, self._refused = updates.labels("taken"), updates.labels("repeated")
        self._turned_away = updates.labels("not_committed")
        self._size = self._histogram("batch_size", "Updates in one commit.", _SIZES)
        self._seconds = self._histogram("turn_seconds", "A batch until its commit.", _TURN)
        self._aside = self._counter("set_aside", "Updates that could not be handled.")
        limits = self._counter("limits_hit", "Refused by a limit.", "what")
        self._no_code, self._no_guess = limits.labels("send_code"), limits.labels("check_code")

    def _count_messages(self) -> None:
        self._tries = self._counter("outbound", "Tries to send a message.", "channel", "verdict")
        self._try = self._histogram("delivery_seconds", "One try.", _TRY, "channel")
        self._age = self._histogram("message_age_seconds", "Written to taken.", _AGE, "channel")
        self.waiting = self._gauge("backlog_messages", "Messages that wait to be sent.")
        self.overdue = self._gauge("backlog_oldest_seconds", "How overdue the oldest is.")

    # --- what the engine tells --------------------------------------------------------

    def batch(self, taken: int, refused: int, seconds: float) -> None:
        self._taken.inc(taken)
        if refused:
            self._refused.inc(refused)
        self._size.observe(taken + refused)
        self._seconds.observe(seconds)

    def turned_away(self, events: int) -> None:
        self._turned_away.inc(events)

    def decided(self, facts: Facts) -> None:
        if facts.sending and not facts.sending.granted and not facts.sending.alive:
            self._no_code.inc()
        if facts.code and facts.code.result == "spent":
            self._no_guess.inc()

    def set_aside(self) -> None:
        self._aside.inc()

    def tried(self, channel: str, verdict: Verdict, seconds: float, age: float) -> None:
        self._tries.labels(channel, _kind(verdict)).inc()
        self._try.labels(channel).observe(seconds)
        if isinstance(verdict, Delivered):
            self._age.labels(channel).observe(age)

    def database_failed(self, part: Part) -> None:
        self._failures.labels(part).inc()

    # --- made alike -------------------------------------------------------------------

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"vssid_{name}", says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str) -> Gauge:
        return Gauge(f"vssid_{name}", says, registry=self.registry)

    def _histogram(
        self, name: str, says: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"vssid_{name}", says, labels, registry=self.registry, buckets=buckets)


def metrics_route(counts: Counts, store: Store, clock: Clock) -> Route:
    """`/metrics`. The backlog is looked up at each scrape; all else is counted as it happens."""

    async def scrape(_: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                now = clock.now()
                backlog = await store.backlog(now=now)
        except (StorageError, TimeoutError):
            counts.database_failed("look")
            counts.waiting.set(float("nan"))
            counts.overdue.set(float("nan"))
        else:
            counts.waiting.set(backlog.waiting)
            counts.overdue.set(0.0 if backlog.oldest_due is None else now - backlog.oldest_due)
        return Response(generate_latest(counts.registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", scrape)


def _version() -> str:
    try:
        return metadata.version("vssid-bot")
    except metadata.PackageNotFoundError:  # started from a folder, not installed
        return "unknown"


def _kind(verdict: Verdict) -> str:
    if isinstance(verdict, Delivered):
        return "delivered"
    return "dead" if isinstance(verdict, Dead) else "later"
