"""A registry file into a store: chunk by chunk, each one transaction, wrong rows left out.

Loading a row twice changes nothing, so an import that broke off can begin anywhere before the
place it reached. This file keeps nothing on disk: whoever calls decides what to remember.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.registry.fields import number_of, person
from bot.registry.numbers import Numbers
from bot.registry.problem import Problem
from bot.registry.table import Record, Table, open_table
from storage.base import Conflict, Person, Store

CHUNK = 2000  # records a transaction

Row = tuple[int, Person]  # with its line


@dataclass(slots=True)
class Chunk:
    """What became of some records; `end` is the byte after the last of them."""

    end: int
    loaded: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """One row is left out, for these reasons."""
        self.rejected += 1
        self.problems += problems


def people(path: Path, told: Callable[[Problem], None] | None = None) -> Iterator[Person]:
    """Every person of a small file; rows that are wrong are left out and `told`."""
    for _, read in _read(open_table(path), 0):
        if isinstance(read, Person):
            yield read
        elif told is not None:
            for problem in read:
                told(problem)


async def load(store: Store, table: Table, *, after: int = 0) -> AsyncGenerator[Chunk, None]:
    """Load what stands after that byte of the file; a chunk is reported when it is durable."""
    rows: list[Row] = []
    chunk, read_in = Chunk(table.body), 0
    for record, read in _read(table, after):
        chunk.end, read_in = record.end, read_in + 1
        if isinstance(read, Person):
            rows.append((record.line, read))
        else:
            chunk.refuse(read)
        if read_in == CHUNK:
            await _add(store, rows, chunk)
            yield chunk
            rows, chunk, read_in = [], Chunk(chunk.end), 0
    if read_in:
        await _add(store, rows, chunk)
        yield chunk


def _read(table: Table, after: int) -> Iterator[tuple[Record, Person | list[Problem]]]:
    """Records after that byte, read; those before it count only as numbers already used."""
    numbers = Numbers()
    for record in table.records():
        number = number_of(table, record)
        new = number is None or numbers.add(number)
        if record.end <= after:
            continue
        again = Problem(record.line, "bhxh_number", "stands in an earlier line already")
        yield record, person(table, record) if new else [again]


async def _add(store: Store, rows: Sequence[Row], chunk: Chunk) -> None:
    """Write rows in their order; a contradiction is narrowed down to the row that brings it."""
    try:
        chunk.loaded += await store.add_members([read for _, read in rows])
    except Conflict:
        if len(rows) == 1:
            says = "belongs to another account already"
            chunk.refuse([Problem(rows[0][0], "national_id", says)])
            return
        half = len(rows) // 2
        await _add(store, rows[:half], chunk)
        await _add(store, rows[half:], chunk)
