"""Gathers the writes of a unit into few statements.

A round trip costs as much as writing dozens of rows. So writes to different tables travel as one
statement, each as a WITH query of it; a second write to the same table goes into the next one,
since the parts of a statement do not see each other's rows.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

Row = tuple[Any, ...]

_TABLE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
_PARAMETER = re.compile(r"\$(\d+)")


class Write(NamedTuple):
    """One statement that changes one table."""

    text: str
    values: Sequence[object]


def rounds(rows: Sequence[Row], key: int) -> Iterator[list[Row]]:
    """Split rows so that no statement names a key twice, each in the order of locks.

    key: how many columns, from the first, name a row; 0: every row is a new one.
    """
    left = list(rows)
    while key and left:
        batch: dict[Row, Row] = {}
        for row in left:
            batch.setdefault(row[:key], row)
        yield [batch[name] for name in sorted(batch)]
        left = [row for row in left if batch[row[:key]] is not row]
    if left:
        yield left


def joined(writes: Sequence[Write]) -> Iterator[Write]:
    """Join writes that touch different tables; those to one table keep their order."""
    statements: list[list[Write]] = []
    latest: dict[str, int] = {}
    for write in writes:
        table = _table(write.text)
        place = latest[table] = latest.get(table, -1) + 1
        if place == len(statements):
            statements.append([])
        statements[place].append(write)
    for parts in statements:
        text = _with(tuple(write.text for write in parts))
        yield Write(text, [value for write in parts for value in write.values])


@lru_cache(maxsize=64)
def _table(text: str) -> str:
    found = _TABLE.match(text)
    if found is None:
        raise ValueError("not a statement that changes a table")
    return found[1]


@lru_cache(maxsize=1024)
def _with(texts: tuple[str, ...]) -> str:
    """Make one statement of several, their parameters counted through."""
    shifted, before = [], 0
    for text in texts:
        shifted.append(_PARAMETER.sub(lambda mark: f"${int(mark[1]) + before}", text))  # noqa: B023
        before += max(int(number) for number in _PARAMETER.findall(text))
    *parts, last = shifted
    named = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(parts))
    return f"WITH {named} {last}" if parts else last
