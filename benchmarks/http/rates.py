"""Latency at fixed rates: what Telegram and the citizen wait for, and what it costs."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.http import program
from benchmarks.http.figures import Times, waits
from benchmarks.http.load import Phase
from benchmarks.http.stage import Stage, set_up
from benchmarks.plots import Plot

MEMBERS = 100_000
_WARM_UP = Phase(200, 3)


@dataclass(slots=True)
class Sample:
    """One round at one rate; latencies in milliseconds."""

    rate: float
    updates: int
    errors: int
    acks: list[float]
    replies: list[float]
    cpu: float  # seconds of the program
    own: float  # seconds of the load generator with Bot API and gateway
    took: float  # seconds until the last reply


async def measure(
    folder: Path, rates: Sequence[float], rounds: int, seconds: float, core: int | None
) -> tuple[list[Sample], dict[str, int]]:
    """All rates in every round; and a count of dialogues and of what came twice."""
    await program.prepare(folder, MEMBERS)
    async with set_up(folder, MEMBERS, core) as stage:
        await stage.load.run(_WARM_UP)
        samples = [
            await _sample(stage, Phase(rate, seconds)) for _ in range(rounds) for rate in rates
        ]
        return samples, stage.town.counts()


async def _sample(stage: Stage, phase: Phase) -> Sample:
    cpu, own = stage.program.cpu(), time.process_time()
    trace = await stage.load.run(phase)
    if trace.lost:
        raise RuntimeError(f"{trace.lost} acknowledgements and replies never came")
    return Sample(
        phase.rate,
        len(trace.due),
        trace.errors,
        waits(trace, trace.acked),
        waits(trace, trace.replied),
        stage.program.cpu() - cpu,
        time.process_time() - own,
        max(trace.replied),
    )


def page(samples: Sequence[Sample], counts: dict[str, int]) -> Iterator[str]:
    """The tables."""
    head = ["updates/s", "not 200", "acknowledged p50 / p99 / max ms"]
    head += ["reply at Telegram p50 / p99 / max ms", "CPU ms per update", "replies/s"]
    yield (
        "From the moment an update was due: until the bot's 200, which it gives after the commit; "
        "and until the reply had reached the Bot API. Codes and passwords go out by SMS beside."
    )
    yield report.table(head, (_row(rate, samples) for rate in rates_of(samples)))
    spent = 1e3 * min(sample.own / sample.updates for sample in samples)
    yield (
        f"Nothing was lost; bubbles or codes that came twice: {counts['surplus']}. Dialogues "
        f"finished: {counts['finished']}, passwords sent: {counts['passwords']}. The load "
        f"generator, Bot API and gateway together took {report.number(spent)} ms per update, so "
        f"they end at {report.number(1e3 / spent)} updates/s."
    )


def rates_of(samples: Sequence[Sample]) -> list[float]:
    """The rates, in the order in which they were run."""
    return list(dict.fromkeys(sample.rate for sample in samples))


def pooled(samples: Sequence[Sample], rate: float) -> tuple[Times, Times]:
    """Acknowledgements and replies at one rate, all rounds together."""
    some = [sample for sample in samples if sample.rate == rate]
    acks = Times.of([value for sample in some for value in sample.acks])
    return acks, Times.of([value for sample in some for value in sample.replies])


def _row(rate: float, samples: Sequence[Sample]) -> list[str]:
    some = [sample for sample in samples if sample.rate == rate]
    return [
        report.number(rate),
        str(sum(sample.errors for sample in some)),
        *map(str, pooled(samples, rate)),
        report.number(1e3 * median(sample.cpu / sample.updates for sample in some)),
        report.number(median(sample.updates / sample.took for sample in some)),
    ]


def plot(samples: Sequence[Sample]) -> Plot:
    """p50 and p99 by rate."""
    found = {rate: pooled(samples, rate) for rate in rates_of(samples)}
    lines = {
        "acknowledged, p50": [(rate, acks.p50) for rate, (acks, _) in found.items()],
        "acknowledged, p99": [(rate, acks.p99) for rate, (acks, _) in found.items()],
        "reply, p50": [(rate, replies.p50) for rate, (_, replies) in found.items()],
        "reply, p99": [(rate, replies.p99) for rate, (_, replies) in found.items()],
    }
    return Plot("rates", "Latency by rate", "updates per second", "milliseconds", lines)
