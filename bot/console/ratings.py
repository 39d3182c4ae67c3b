"""How citizens found the help of officers, as a table of the dashboard; never by officer."""

from collections import Counter
from collections.abc import Iterable

from bot.console.figures import Said, Shown, share
from bot.console.sheets import Cell, Table
from storage.figures import Rated

GRADES = ("good", "fair", "poor")


def ratings(shown: Shown, said: Said) -> Table:
    """How citizens found the help of officers, by the procedure they had come from."""
    columns = [("flow", "text"), ("helped", "count"), *((grade, "count") for grade in GRADES)]
    columns += [("content", "share"), ("content_before", "share")]
    now, before = (_grades(found.rated) for found in (shown.now, shown.before))
    rows: list[list[Cell]] = []
    for flow in sorted(now):
        counts, old = now[flow], before.get(flow, Counter())
        given = [counts[grade] for grade in GRADES]
        content = (_content(counts), _content(old))
        rows.append([said("flow", flow), sum(counts.values()), *given, *content])
    return Table("ratings", columns, rows, bar="content")


def _content(counts: Counter[str]) -> float | None:
    return share(counts["good"], sum(counts[grade] for grade in GRADES))


def _grades(rated: Iterable[Rated]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for flow, grade, number in rated:
        found.setdefault(flow, Counter())[grade] += number
    return found
