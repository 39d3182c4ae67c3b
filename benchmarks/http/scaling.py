"""One bot and one notifier, then two of each with twice the traffic: what an update costs.

Where there are fewer cores than processes, two cannot be faster than one; what shows is whether
they are in each other's way. Then an update costs more processor time with two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.dialogue import citizens
from benchmarks.harness import Spread
from benchmarks.http import fleet as fleets
from benchmarks.http import program
from benchmarks.http.figures import Times, waits
from benchmarks.http.fleet import Fleet, Server
from benchmarks.http.load import Load, Phase
from benchmarks.http.outside import Outside
from benchmarks.http.town import Town

MEMBERS = 100_000
LINES = 100  # connections to all bots together
SIZES = (1, 2)  # bots, and as many notifiers
_WARM_UP = Phase(50, 3)


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one size; milliseconds of processor time per update, and latencies."""

    size: int
    bots: float
    notifiers: float
    database: float
    errors: int
    acks: list[float]
    replies: list[float]


async def measure(folder: Path, rate: float, seconds: float, rounds: int) -> list[Sample]:
    """All sizes in every round, each with processes of its own."""
    with fleets.database(folder) as server:
        await program.prepare(folder, MEMBERS, server.url)
        town = Town(citizens(MEMBERS))
        load = Load(town)
        async with Outside(lambda chat, *_: load.bubble(chat), town.sms).serving() as url:
            samples = []
            for turn in range(rounds):
                for size in SIZES if turn % 2 == 0 else SIZES[::-1]:
                    async with (
                        fleets.sailing(folder, url, server.url, size, size) as fleet,
                        load.connected(fleet.heads(), LINES // size),
                    ):
                        await load.run(_WARM_UP)
                        phase = Phase(rate * size, seconds)
                        samples.append(await _sample(load, phase, fleet, server))
            return samples


async def _sample(load: Load, phase: Phase, fleet: Fleet, server: Server) -> Sample:
    before = _spent(fleet, server)
    trace = await load.run(phase)
    if trace.lost:
        raise RuntimeError(f"{trace.lost} acknowledgements and replies never came")
    spent = zip(_spent(fleet, server), before, strict=True)
    bots, notifiers, database = (1e3 * (now - then) / len(trace.due) for now, then in spent)
    acks, replies = waits(trace, trace.acked), waits(trace, trace.replied)
    size = len(fleet.seats) // 2
    return Sample(size, bots, notifiers, database, trace.errors, acks, replies)


def _spent(fleet: Fleet, server: Server) -> tuple[float, float, float]:
    return fleet.cpu("bot"), fleet.cpu("notifier"), server.cpu()


def page(samples: Sequence[Sample], rate: float) -> Iterator[str]:
    """The table, and two over one."""
    yield (
        f"{report.number(rate)} updates/s for each bot, open loop; processor milliseconds per "
        "update, all processes of a kind together, median of the rounds (least-most)."
    )
    head = [
        "bots + notifiers",
        "updates/s",
        "bots",
        "notifiers",
        "both",
        "PostgreSQL",
        "acknowledged p50 / p99 / max ms",
    ]
    head += ["reply p50 / p99 / max ms", "not 200"]
    yield report.table(head, (_row(size, rate, samples) for size in SIZES))
    pairs = zip(*(_both(samples, size) for size in SIZES), strict=True)
    ratio = _spread([two / one for one, two in pairs])
    yield f"Bots and notifiers, two of each divided by one of each, round by round: {ratio}."


def _row(size: int, rate: float, samples: Sequence[Sample]) -> list[str]:
    some = [sample for sample in samples if sample.size == size]
    return [
        f"{size} + {size}",
        report.number(rate * size),
        _spread([one.bots for one in some]),
        _spread([one.notifiers for one in some]),
        _spread(_both(samples, size)),
        _spread([one.database for one in some]),
        str(Times.of([value for one in some for value in one.acks])),
        str(Times.of([value for one in some for value in one.replies])),
        str(sum(one.errors for one in some)),
    ]


def _both(samples: Sequence[Sample], size: int) -> list[float]:
    return [one.bots + one.notifiers for one in samples if one.size == size]


def _spread(values: list[float]) -> str:
    return report.spread(Spread.of(values))
