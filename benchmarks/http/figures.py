"""What a trace amounts to: latencies in milliseconds, and how much was open at a time."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, isnan

from benchmarks import report
from benchmarks.http.load import Trace


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: half were quicker than p50, one in a hundred slower than p99."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Times":
        """Of these; all zero when there are none."""
        ranked = sorted(values) or [0.0]
        return cls(_rank(ranked, 0.5), _rank(ranked, 0.99), ranked[-1])

    def __str__(self) -> str:
        return " / ".join(report.number(value) for value in (self.p50, self.p99, self.most))


def waits(
    trace: Trace, ends: Sequence[float], since: float = 0.0, until: float = 1e9
) -> list[float]:
    """Milliseconds from due to that end, of all updates due in [since, until)."""
    first, last = bisect_left(trace.due, since), bisect_left(trace.due, until)
    spent = zip(trace.due[first:last], ends[first:last], strict=True)
    return [1e3 * (end - due) for due, end in spent if not isnan(end)]


def backlog(trace: Trace, step: float) -> list[int]:
    """At the end of every `step` seconds: updates that were due and had no reply yet."""
    replied = [end for end in trace.replied if not isnan(end)]
    bins = ceil(max([*replied, trace.due[-1]]) / step) + 1
    change = [0] * bins
    for due in trace.due:
        change[int(due / step)] += 1
    for end in replied:
        change[int(end / step)] -= 1
    return list(accumulate(change))


def by_second(trace: Trace, ends: Sequence[float], seconds: int) -> Iterator[Times]:
    """The latencies of the updates due in each second."""
    for second in range(seconds):
        yield Times.of(waits(trace, ends, second, second + 1))


def _rank(ranked: Sequence[float], part: float) -> float:
    return ranked[min(int(part * len(ranked)), len(ranked) - 1)]
