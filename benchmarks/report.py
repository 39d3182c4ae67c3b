"""Records as Markdown tables and JSON; a report replaces what lies between its markers."""

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.harness import Record, Spread

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


def publish(name: str, text: str, target: Path | None) -> None:
    """Print the section; with a target also replace what is between its markers there."""
    sys.stdout.write(f"{text}\n")
    if target is None:
        return
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = target.read_text("utf-8") if target.exists() else "# Performance\n"
    if begin not in old:
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = old.partition(begin)
    after = rest.partition(end)[2]
    target.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")


def keep(records: Sequence[Record], machine: dict[str, str], target: Path | None) -> None:
    """All samples as JSON, for those who want to compute something else."""
    if target is None:
        return
    rows = [{**asdict(r), "setting": {"members": r.setting.members}} for r in records]
    whole = {"command": command(), "machine": machine, "records": rows}
    target.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
