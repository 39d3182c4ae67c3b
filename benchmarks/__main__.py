"""`python -m benchmarks COMMAND`: measure, print, and publish if asked."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Annotated, Any, TypeVar

from cyclopts import App, Parameter

from benchmarks import console as watched
from benchmarks import console_page, growth, guides, procedures, report, statements
from benchmarks import understanding as understood
from benchmarks.harness import Record, measure
from benchmarks.http import chaos as struck
from benchmarks.http import rates as at_rates
from benchmarks.http import scaling as scaled
from benchmarks.http import soak as soaked
from benchmarks.http import surge as surged
from benchmarks.options import Options, Place
from benchmarks.plots import Plot
from benchmarks.system import SYSTEMS, Entry, Key, Setting
from bot.loop import new_loop

app = App(name="python -m benchmarks", help="Measure the bot beside its peers.")

_TURN_MEMBERS = 10_000
FLIGHTS = (1, 8, 64, 256)
Result = TypeVar("Result")
_PLACE, _OPTIONS = Place(), Options()
Several = Parameter(consume_multiple=True, negative="")


@app.command
def turn(
    options: Options = _OPTIONS, *, systems: Annotated[list[Key] | None, Several] = None
) -> None:
    """Updates per second for 1, 8, 64 and 256 chats in flight: ours and the peers.

    `--systems` names some of them; the first is compared with the rest.
    """
    entries = [SYSTEMS[key] for key in systems or SYSTEMS]
    with options.pinned() as (folder, facts):
        jobs = [
            (entry, Setting(folder / entry.key, _TURN_MEMBERS))
            for entry in entries
            if not entry.missing()
        ]
        records = measure(jobs, options.plan(*FLIGHTS))
    text = report.page("The turn", facts, [*_turn(records), *_absent(entries)])
    report.publish("turn", text, options.publish, lambda: [_turn_plot(records)])
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
    yield report.by_flight(records, FLIGHTS, report.latency)
    yield report.upkeep(records)
    yield report.promises(records)


def _absent(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        if missing := entry.missing():
            yield f"Not measured: {entry.name}; it needs {', '.join(missing)}."


def _turn_plot(records: list[Record]) -> Plot:
    lines = {r.entry.name: [(n, r.rate(n).median) for n in FLIGHTS] for r in records}
    return Plot("turn", "The turn", "chats in flight", "updates per second", lines)


@app.command(name="growth")
def grow(
    options: Options = _OPTIONS, *, sizes: Annotated[list[int] | None, Several] = None
) -> None:
    """Ours with 10 000, 1 000 000 and 10 000 000 members: speed, start-up, memory.

    The largest takes some minutes to load and 4 GB of disk; `--sizes` asks for others.
    """
    with options.pinned() as (folder, facts):
        grown = growth.measure_all(folder, sizes or growth.SIZES, options)
    text = report.page("Growth of the registry", facts, growth.page(grown))
    report.publish("growth", text, options.publish, lambda: growth.plots(grown))
    report.keep(grown, facts, options.keep)


@app.command
def rates(
    place: Place = _PLACE,
    *,
    at: Annotated[list[int] | None, Several] = None,
    rounds: int = 3,
    seconds: float = 10,
) -> None:
    """The whole program at fixed rates through its webhook, with a Bot API and a gateway.

    `--at` gives other rates than 200, 1 000, 2 000 and 3 000 updates per second.
    """
    with place.apart() as (folder, facts, core):
        asked = at or [200, 1000, 2000, 3000]
        samples, counts = _run(at_rates.measure(folder, asked, rounds, seconds, core))
    text = report.page("Open loop", facts, at_rates.page(samples, counts))
    report.publish("rates", text, place.publish, lambda: [at_rates.plot(samples)])
    report.keep(samples, facts, place.keep)


@app.command
def surge(
    place: Place = _PLACE,
    *,
    calm: float = 100,
    times: float = 20,
    seconds: float = 60,
    before: float = 20,
    after: float = 60,
) -> None:
    """A calm, so many times as much for a minute, a calm: losses and recovery."""
    plan = surged.Plan(calm, times, seconds, before, after)
    with place.apart() as (folder, facts, core):
        trace, counts = _run(surged.measure(folder, plan, core))
    text = report.page("Surge", facts, surged.page(trace, plan, counts))
    report.publish("surge", text, place.publish, lambda: [surged.plot(trace)])
    report.keep([trace], facts, place.keep)


@app.command
def soak(place: Place = _PLACE, *, rate: float = 300, minutes: float = 60) -> None:
    """Steady load for an hour: whether memory, threads or open files grow."""
    with place.apart() as (folder, facts, core):
        trace, readings, counts = _run(soaked.measure(folder, rate, minutes, core))
    text = report.page("Soak", facts, soaked.page(trace, readings, counts))
    report.publish("soak", text, place.publish, lambda: [soaked.plot(readings)])
    report.keep(readings, facts, place.keep)


@app.command
def chaos(
    place: Place = _PLACE,
    *,
    minutes: float = 10,
    rate: float = 100,
    every: float = 10,
    seed: int = 1,
) -> None:
    """Two bots and two notifiers on one PostgreSQL, one of them killed every few seconds.

    Fails if anything was lost, doubled or out of order in the end.
    """
    plan = struck.Plan(rate, 60 * minutes, every, seed)
    with place.shared() as (folder, facts):
        outcome = _run(struck.measure(folder, plan))
    text = report.page("Killed all the time", facts, struck.page(outcome, plan))
    report.publish("chaos", text, place.publish, lambda: [struck.plot(outcome)])
    report.keep([outcome], facts, place.keep)
    if outcome.verdict.failed():
        raise SystemExit(1)


@app.command
def scaling(
    place: Place = _PLACE, *, rate: float = 75, rounds: int = 5, seconds: float = 10
) -> None:
    """One bot and one notifier, then two of each on one PostgreSQL: the cost of an update.

    `--rate` is that of one bot; two of them get twice as much.
    """
    with place.shared() as (folder, facts):
        samples = _run(scaled.measure(folder, rate, seconds, rounds))
    text = report.page("Two of each", facts, scaled.page(samples, rate))
    report.publish("scaling", text, place.publish)
    report.keep(samples, facts, place.keep)


@app.command
def console(
    place: Place = _PLACE,
    *,
    watchers: int = 200,
    at: Annotated[list[float] | None, Several] = None,
    chats: int = 5000,
    rounds: int = 5,
    seconds: float = 15,
) -> None:
    """Officers who watch while conversations change: how soon they see it, what it costs.

    Bot, notifier, console and PostgreSQL share all cores with citizens and browsers. `--at` gives
    other rates than 250 and 500 changes a second.
    """
    plan = console_page.Plan(watchers, tuple(at or (250, 500)), chats, seconds, rounds)
    with place.shared() as (folder, facts):
        samples = _run(watched.measure(folder, plan))
    text = report.page("The console", facts, console_page.page(samples, plan))
    report.publish("console", text, place.publish)
    report.keep(samples, facts, place.keep)


@app.command(name="procedures")
def compare_procedures(options: Options = _OPTIONS) -> None:
    """Each procedure on its happy path, beside *forgot password*, alone and with 64 in flight."""
    with options.pinned() as (folder, facts):
        work = procedures.measure(folder, options.rounds, options.seconds)
        text = report.page("The procedures", facts, procedures.page(_run(work)))
    report.publish("procedures", text, options.publish)


@app.command(name="statements")
def compare_statements(options: Options = _OPTIONS) -> None:
    """The batch write as plain SQL and as SQLAlchemy Core, at 1, 8, 64 and 256 events."""
    with options.pinned() as (folder, facts):
        text = statements.run(folder, options.rounds, options.seconds, FLIGHTS)
    report.publish("statements", report.page("The batch write", facts, [text]), options.publish)


@app.command
def understanding() -> None:
    """How well free text is understood and guides are found: accuracy, calibration, time."""
    print(understood.run(), guides.run(), sep="\n\n")


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


if __name__ == "__main__":
    app()
