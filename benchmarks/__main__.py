"""`python -m benchmarks turn | members | statements`: measure, print, and publish if asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from cyclopts import App, Parameter

from benchmarks import machine, report, statements
from benchmarks.harness import Plan, Record, Spread, measure
from benchmarks.system import SYSTEMS, Key, Setting

app = App(name="python -m benchmarks", help="Measure the bot beside its peers.")

_TURN_MEMBERS = 10_000
_REGISTRIES = (1_000, 100_000, 1_000_000)
_ONE, _FEW, _MANY, _CROWD = FLIGHTS = (1, 8, 64, 256)


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """How long to measure and where to put the results."""

    rounds: int = 5
    "Interleaved rounds; medians are taken over them."
    seconds: float = 1.0
    "Time in the turn per system, number in flight and round."
    core: int | None = None
    "The core to pin to; the last one allowed if not given."
    folder: Path = Path()
    "Where the databases lie while it runs; must be a real disk."
    publish: Path | None = None
    "Markdown file whose section of this name is replaced."
    keep: Path | None = None
    "File for all samples as JSON."

    def plan(self, *in_flight: int) -> Plan:
        """The harness's view of it."""
        return Plan(in_flight, self.rounds, self.seconds, self.core)


_DEFAULT = Options()


@app.command
def turn(
    options: Options = _DEFAULT,
    *,
    systems: Annotated[list[Key], Parameter(consume_multiple=True, negative="")] | None = None,
) -> None:
    """Updates per second for 1, 8, 64 and 256 chats in flight: ours and the peers.

    `--systems` names some of them; the first is compared with the rest.
    """
    entries = [SYSTEMS[key] for key in systems or SYSTEMS]
    with _place(options) as (folder, facts):
        jobs = [(entry, Setting(folder / entry.key, _TURN_MEMBERS)) for entry in entries]
        records = measure(jobs, options.plan(*FLIGHTS))
    report.publish("turn", report.page("The turn", facts, _turn(records)), options.publish)
    report.keep(records, facts, options.keep)


def _turn(records: list[Record]) -> Iterator[str]:
    first, *peers = records
    yield "Updates per second, up to the acknowledgement; median of the rounds (least-most)."
    yield report.by_flight(records, FLIGHTS, lambda r, n: report.spread(r.rate(n)))
    if peers:
        yield f"Updates per second of “{first.entry.name}” divided by those of each peer."
        yield report.by_flight(peers, FLIGHTS, lambda r, n: report.spread(first.over(r, n)))
    yield "Updates per second, turn and delivery of all replies one after the other."
    senders = [record for record in records if record.entry.delivers]
    yield report.by_flight(senders, FLIGHTS, lambda r, n: report.spread(r.delivered(n)))
    yield "Processor milliseconds per update, all threads."
    yield report.by_flight(records, FLIGHTS, lambda r, n: report.spread(r.cpu(n)))
    yield "Milliseconds from arrival of a batch to its acknowledgement, p50 / p99."
    yield report.by_flight(records, FLIGHTS, _latency)
    yield report.upkeep(records)
    yield report.promises(records)


def _latency(record: Record, in_flight: int) -> str:
    return " / ".join(report.number(value) for value in record.latency(in_flight))


@app.command
def members(
    options: Options = _DEFAULT,
    *,
    sizes: Annotated[list[int], Parameter(consume_multiple=True, negative="")] | None = None,
    system: Key = "ours",
) -> None:
    """Ours with 1 000, 100 000 and 1 000 000 members: speed, memory, start."""
    with _place(options) as (folder, facts):
        jobs = [
            (SYSTEMS[system], Setting(folder / str(size), size)) for size in sizes or _REGISTRIES
        ]
        records = measure(jobs, options.plan(_ONE, _MANY))
    text = report.page("Size of the registry", facts, [_members(records)])
    report.publish("members", text, options.publish)
    report.keep(records, facts, options.keep)


def _members(records: list[Record]) -> str:
    head = ["members", "updates/s, 64 in flight", "to the smallest", "one event p50 / p99 ms"]
    rows = (_sized(record, record.over(records[0], _MANY)) for record in records)
    return report.table([*head, "start s", "peak RSS MB"], rows)


def _sized(record: Record, ratio: Spread) -> list[str]:
    rss = record.final.peak_rss if record.final else 0.0
    return [
        report.number(record.setting.members),
        report.spread(record.rate(_MANY)),
        report.spread(ratio),
        _latency(record, _ONE),
        report.number(record.start),
        report.number(rss),
    ]


@app.command(name="statements")
def compare_statements(options: Options = _DEFAULT) -> None:
    """The batch write as plain SQL and as SQLAlchemy Core, at 1, 8, 64 and 256 events."""
    with _place(options) as (folder, facts):
        text = statements.run(folder, options.rounds, options.seconds, FLIGHTS)
    report.publish("statements", report.page("The batch write", facts, [text]), options.publish)


@contextmanager
def _place(options: Options) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder that is gone afterwards, and what the machine is; this process is pinned."""
    with TemporaryDirectory(prefix=".benchmark-", dir=options.folder) as name:
        folder = Path(name).resolve()
        yield folder, machine.describe(folder, machine.pin(options.core))


if __name__ == "__main__":
    app()
