"""A calm, twenty times as much for a minute, a calm: what is lost, and how long it is felt."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.http import program
from benchmarks.http.figures import Times, backlog, by_second, waits
from benchmarks.http.load import Phase, Trace
from benchmarks.http.stage import set_up
from benchmarks.plots import Plot

MEMBERS = 100_000
STEP = 0.1  # seconds at which the backlog is read


@dataclass(frozen=True, slots=True)
class Plan:
    """calm: updates per second before and after; then `times` as many for `seconds`."""

    calm: float
    times: float
    seconds: float
    before: float
    after: float

    def phases(self) -> tuple[Phase, Phase, Phase]:
        """Calm, surge, calm."""
        return (
            Phase(self.calm, self.before),
            Phase(self.calm * self.times, self.seconds),
            Phase(self.calm, self.after),
        )

    @property
    def end(self) -> float:
        """When the surge is over."""
        return self.before + self.seconds


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds after the end of the surge until things were as before it; None: never.

    backlog: updates without a reply no more than the most in the calm before. latency: p99 of
    the replies to what was due in a second no more than in the worst second of that calm.
    """

    backlog: float | None
    latency: float | None


async def measure(folder: Path, plan: Plan, core: int | None) -> tuple[Trace, dict[str, int]]:
    """Run it once."""
    await program.prepare(folder, MEMBERS)
    async with set_up(folder, MEMBERS, core) as stage:
        await stage.load.run(Phase(plan.calm, 5))
        trace = await stage.load.run(*plan.phases())
        return trace, stage.town.counts()


def recovery(trace: Trace, plan: Plan) -> Recovery:
    """How long the surge was felt."""
    open_ = backlog(trace, STEP)
    calm, end = int(plan.before / STEP), int(plan.end / STEP)
    fallen = _first(open_[end:], max(open_[:calm]))
    slow = [t.p99 for t in by_second(trace, trace.replied, int(plan.end + plan.after))]
    quick = _first(slow[int(plan.end) :], max(slow[: int(plan.before)]))
    return Recovery(None if fallen is None else fallen * STEP, quick)


def _first(values: list[int] | list[float], limit: float) -> int | None:
    return next((place for place, value in enumerate(values) if value <= limit), None)


def page(trace: Trace, plan: Plan, counts: dict[str, int]) -> Iterator[str]:
    """The tables."""
    head = ["", "updates/s", "updates", "acknowledged p50 / p99 / max ms"]
    names = ("before", "surge", "after")
    begins = (0.0, plan.before, plan.end)
    rows = zip(names, begins, plan.phases(), strict=True)
    yield report.table([*head, "reply p50 / p99 / max ms"], (_row(trace, *each) for each in rows))
    felt, most = recovery(trace, plan), max(backlog(trace, STEP))
    head = ["replies and 200s lost", "came twice", "not 200", "most without a reply at a time"]
    head += ["backlog as before after s", "latency as before after s"]
    row = [trace.lost, counts["surplus"], trace.errors, most, felt.backlog, felt.latency]
    yield report.table(["dialogues finished", *head], [[str(counts["finished"]), *map(_say, row)]])


def _row(trace: Trace, name: str, begin: float, phase: Phase) -> list[str]:
    span = begin, begin + phase.seconds
    acks, replies = (Times.of(waits(trace, ends, *span)) for ends in (trace.acked, trace.replied))
    count = len(waits(trace, trace.acked, *span))
    return [name, report.number(phase.rate), str(count), str(acks), str(replies)]


def _say(value: float | None) -> str:
    return "never" if value is None else f"{value:g}"


def plot(trace: Trace) -> Plot:
    """Updates without a reply over time."""
    points = [(place * STEP, count) for place, count in enumerate(backlog(trace, STEP))]
    lines = {"updates without a reply": points}
    return Plot("surge", "Surge", "seconds", "updates", lines, steep=False)
