"""Records as Markdown tables and JSON; a report replaces what lies between its markers."""

import shlex
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import cast

import msgspec

from benchmarks.harness import Record, Spread
from benchmarks.plots import Plot

Rows = Iterable[Sequence[str]]


def command() -> str:
    """The command that made this run."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])


def table(head: Sequence[str], rows: Rows) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def number(value: float) -> str:
    """Three figures that mean something: 12 300, 4.56, 0.123."""
    if value >= 100:
        digits = max(len(f"{value:.0f}") - 3, 0)
        return f"{round(value, -digits):,.0f}".replace(",", " ")
    return f"{value:.3g}"


def spread(value: Spread) -> str:
    """Median and, in brackets, the range over the rounds."""
    return f"{number(value.median)} ({number(value.least)}-{number(value.most)})"


def by_flight(
    records: Sequence[Record], flights: Sequence[int], cell: Callable[[Record, int], str]
) -> str:
    """One row per system, one column per number of chats in flight."""
    head = ["chats in flight", *(str(n) for n in flights)]
    return table(head, ([r.entry.name, *(cell(r, n) for n in flights)] for r in records))


def latency(record: Record, in_flight: int) -> str:
    """p50 / p99 of a batch in milliseconds."""
    return " / ".join(number(value) for value in record.latency(in_flight))


def promises(records: Sequence[Record]) -> str:
    """What each system did and guaranteed; without it no figure can be compared."""
    rows = ([r.entry.name, r.entry.work, r.entry.guarantee] for r in records)
    return table(["system", "work per update", "guarantee"], rows).replace("---:", "---")


def upkeep(records: Sequence[Record]) -> str:
    """Start, memory, and proof that work was done."""
    head = ["system", "start s", "peak RSS MB", "updates", "dialogues finished"]
    finals = [(r, r.final) for r in records if r.final is not None]
    return table(
        head,
        (
            [r.entry.name, number(r.start), number(f.peak_rss), str(f.updates), str(f.dialogues)]
            for r, f in finals
        ),
    )


def page(title: str, machine: dict[str, str], parts: Iterable[str]) -> str:
    """A whole section: title, command, machine, tables."""
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return "\n\n".join([f"## {title}", f"```\n{command()}\n```", facts, *parts])


def publish(
    name: str, text: str, target: Path | None, plots: Callable[[], Sequence[Plot]] = tuple
) -> None:
    """Print the section; with a target also replace what is between its markers there.

    The plots are drawn into a folder beside the target that has its name.
    """
    sys.stdout.write(f"{text}\n")
    if target is None:
        return
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = target.read_text("utf-8") if target.exists() else "# Performance\n"
    if begin not in old:
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = old.partition(begin)
    after = rest.partition(end)[2]
    whole = "\n\n".join([text, *(_drawn(plot, target) for plot in plots())])
    target.write_text(f"{before}{begin}\n{whole}\n{end}{after}", "utf-8")


def _drawn(plot: Plot, target: Path) -> str:
    plot.draw(target.with_suffix(""))
    return f"![{plot.title}]({target.stem}/{plot.name}.svg)"


def keep(rows: Sequence[object], machine: dict[str, str], target: Path | None) -> None:
    """All samples (dataclasses) as JSON, for those who want to compute something else."""
    if target is None:
        return
    whole = {"command": command(), "machine": machine, "records": rows}
    target.write_bytes(msgspec.json.encode(whole, enc_hook=_plain))


def _plain(value: object) -> object:
    """What JSON has no word for; of a path only the last name, for the rest was the machine's."""
    return value.name if isinstance(value, Path) else list(cast("array[float]", value))
