"""What one dialogue reads and writes in the database, taken from a real run of the bot.

The limits replay it. Rows are compared before and after each step, so nothing here knows how
the bot wrote them; which keys it read is heard at the contract of its store. The second citizen
is the template: what the first one made once for all is there already, and what both have in
common (states, texts of consent, counters for the whole system) belongs to nobody.
"""

import pickle
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, cast

from benchmarks.dialogue import STEPS, Crowd, citizens
from benchmarks.ours import Ours
from benchmarks.system import Setting
from storage.sqlite import SqliteStore
from storage.sqlite.unit import SqliteUnit

Row = tuple[Any, ...]
Rows = dict[str, dict[Row, Row]]  # by table, by key
Reads = dict[str, list[Row]]

_FIRST_UPDATE = 700_000_000
_FILE = "shape.pickle"
# Which columns the keys of a reading method of the store stand for.
READ_BY = {
    "conversations": ("chat",),
    "challenges": ("chat", "run", "slot"),
    "members": ("account",),
    "tallies": ("key",),
    "pages": ("token_hash",),
    "links": ("account",),
}
# How the bot itself finds a member that it changes.
_KEYS = {"members": ("account",)}


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their declared types, and those that identify a row."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    key: tuple[str, ...]

    def key_of(self, row: Row) -> Row:
        """The values that identify this row."""
        return tuple(row[self.columns.index(name)] for name in self.key)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is new, or of which these columns have changed."""

    table: str
    row: Row
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """What one update of the template changed and read, and when."""

    update: int
    at: float
    changes: tuple[Change, ...]
    reads: Reads


@dataclass(frozen=True, slots=True)
class Shape:
    """The template's dialogue.

    common: values that are not its own. sent: the statement that leaves the messages of a turn
    as delivery does, so that the indexes on what waits stay as short as the bot's.
    """

    tables: dict[str, Table]
    steps: tuple[Step, ...]
    common: frozenset[Any]
    chat: int
    account: bytes
    sent: str

    def changed(self, table: str) -> tuple[str, ...]:
        """The columns that any step changes in rows of this table that were there before."""
        names = {n for s in self.steps for c in s.changes if c.table == table for n in c.changed}
        return tuple(name for name in self.tables[table].columns if name in names)


def load(folder: Path) -> Shape:
    """What `observe` has kept."""
    kept: Shape = pickle.loads((folder / _FILE).read_bytes())  # noqa: S301 - our own file
    return kept


async def observe(setting: Setting) -> None:
    """Make the bot's database, let two citizens talk, keep what the second one caused."""
    ours = _Overheard()
    await ours.prepare(setting)
    await ours.open(setting)
    with sqlite3.connect(database(setting.folder)) as db:
        tables = dict(_tables(db))
        steps = [step async for step in _talk(ours, db, tables, setting.members)]
        other = next(islice(citizens(setting.members), 1, None))
        shape = Shape(
            tables,
            tuple(steps[STEPS:]),
            frozenset(_values(steps[:STEPS])) & frozenset(_values(steps[STEPS:])),
            other.chat,
            ours.store.index("bhxh", other.number),
            _sent(db),
        )
    await ours.close()
    (setting.folder / _FILE).write_bytes(pickle.dumps(shape))


def database(folder: Path) -> Path:
    """The file in which the bot of `ours.py` keeps its rows."""
    return folder / "vssid.db"


async def _talk(
    ours: "_Overheard", db: sqlite3.Connection, tables: dict[str, Table], members: int
) -> AsyncIterator[Step]:
    crowd = Crowd(1, citizens(members), count(_FIRST_UPDATE))
    before = _dump(db, tables)
    for number in range(2 * STEPS):
        ours.reads.clear()
        await ours.take(crowd.batch(ours.code_for))
        after = _dump(db, tables)
        changes = tuple(_differences(tables, before, after))
        at = max(change.row[1] for change in changes if change.table == "seen")
        yield Step(_FIRST_UPDATE + number, at, changes, dict(ours.reads))
        await ours.deliver()
        before = _dump(db, tables)


def _tables(db: sqlite3.Connection) -> Iterator[tuple[str, Table]]:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        infos = db.execute(f"PRAGMA table_info({name})").fetchall()
        columns, kinds = zip(*((column, kind) for _, column, kind, *_ in infos), strict=True)
        marked = sorted((place, column) for _, column, _, _, _, place in infos if place)
        yield name, Table(columns, kinds, _KEYS.get(name, tuple(c for _, c in marked)))


def _sent(db: sqlite3.Connection) -> str:
    infos = db.execute("PRAGMA table_info(outbound)").fetchall()
    erased = [name for _, name, kind, needed, *_ in infos if kind == "BLOB" and not needed]
    new = ["status = 'sent'", "ended_at = created_at", *(f"{name} = NULL" for name in erased)]
    return f"UPDATE outbound SET {', '.join(new)} WHERE status = 'waiting'"  # noqa: S608


def _dump(db: sqlite3.Connection, tables: dict[str, Table]) -> Rows:
    return {
        name: {table.key_of(row): row for row in db.execute(f"SELECT * FROM {name}")}  # noqa: S608
        for name, table in tables.items()
    }


def _differences(tables: dict[str, Table], before: Rows, after: Rows) -> Iterator[Change]:
    for name, rows in after.items():
        if before[name].keys() - rows.keys():
            raise AssertionError(f"{name}: a turn that deletes rows is not replayed yet")
        for key, row in rows.items():
            if (was := before[name].get(key)) != row:
                columns = zip(tables[name].columns, was or (), row, strict=was is not None)
                yield Change(name, row, frozenset(c for c, old, new in columns if old != new))


def _values(steps: Sequence[Step]) -> Iterator[Any]:
    for step in steps:
        yield from (value for change in step.changes for value in change.row)
        yield from (value for keys in step.reads.values() for key in keys for value in key)


@dataclass(slots=True)
class _Ear:
    """A unit of the bot's store that notes which keys it is asked for."""

    unit: SqliteUnit
    note: Callable[[str, Sequence[Any]], None]

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method: Callable[..., Awaitable[Any]] = getattr(self.unit, name)
        return partial(self._noted, name, method) if name in READ_BY else method

    async def _noted(self, name: str, method: Callable[..., Awaitable[Any]], keys: Any) -> Any:  # noqa: ANN401
        self.note(name, keys)
        return await method(keys)


class _OverheardStore(SqliteStore):
    """The bot's store; `note` is told of every reading."""

    note: Callable[[str, Sequence[Any]], None]

    @asynccontextmanager
    async def unit(self, *, now: float) -> AsyncIterator[SqliteUnit]:
        async with super().unit(now=now) as unit:
            yield cast("SqliteUnit", _Ear(unit, self.note))


class _Overheard(Ours):
    """The bot; `reads` are the keys it has asked for."""

    def __init__(self) -> None:
        self.reads: Reads = defaultdict(list)

    def _connect(self, setting: Setting) -> None:
        super()._connect(setting)
        self.store = store = _OverheardStore(
            f"sqlite:///{database(setting.folder)}", self.ring.vault(), self.ring.subkey("audit")
        )
        store.note = self._note

    def _note(self, table: str, keys: Sequence[Any]) -> None:
        for key in keys:
            value = self.store.index("bhxh", key) if table == "members" else key
            self.reads[table].append(value if isinstance(value, tuple) else (value,))
