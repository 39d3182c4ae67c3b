"""The rows of a batch for the limits: the template's, made into those of any citizen.

All of it happens before the clock starts. Sizes, order of arrival and the look of keys stay:
hashes become other hashes, references keep the time in front, sealed bytes are what they were.
"""

import hashlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.dialogue import STEPS, Citizen
from benchmarks.peers.raw_shape import Change, Row, Rows, Shape, Step

_HASHES = re.compile("[0-9a-f]{16,}")
_LONGEST_KEY = 64
_MOMENT = 1_000_000_000  # a number above it is a time
_FIRST_CHAT = 8_000_000_000
_NUMBERED = {"id", "seq"}


@dataclass(slots=True)
class Load:
    """What one batch reads and writes, by table; a row that several updates change, once."""

    reads: dict[str, dict[Row, None]] = field(default_factory=lambda: defaultdict(dict))
    inserts: Rows = field(default_factory=lambda: defaultdict(dict))
    updates: Rows = field(default_factory=lambda: defaultdict(dict))


@dataclass(slots=True)
class _Talk:
    """One dialogue under way. Every dialogue has a chat of its own, so that all rows are new."""

    chat: int
    account: bytes
    step: int = 0


class Loads:
    """Makes the load of every batch and counts the dialogues."""

    def __init__(self, shape: Shape, accounts: Sequence[bytes], last: dict[str, int]) -> None:
        """`accounts` of the members in order; `last` number given in each numbered table."""
        self.shape, self.accounts = shape, accounts
        self.numbers = {table: count(number + 1) for table, number in last.items()}
        self.chats, self.updates = count(_FIRST_CHAT), count(shape.steps[-1].update + 1)
        self.changed = {name: shape.changed(name) for name in shape.tables}
        self.talks: dict[int, _Talk] = {}
        self.finished = 0

    def make(self, batch: Sequence[bytes]) -> Load:
        """The load of this batch; who writes is all that is read of it."""
        load, now = Load(), time.time()
        for raw in batch:
            seat = json.loads(raw)["message"]["chat"]["id"]
            talk = self.talks.get(seat) or self._begin(seat)
            self._add(load, talk, self.shape.steps[talk.step], now)
            talk.step += 1
            if talk.step == STEPS:
                del self.talks[seat]
                self.finished += 1
        return load

    def _begin(self, seat: int) -> _Talk:
        place = (seat - Citizen(0).chat) % len(self.accounts)
        self.talks[seat] = talk = _Talk(next(self.chats), self.accounts[place])
        return talk

    def _add(self, load: Load, talk: _Talk, step: Step, now: float) -> None:
        own = _Own(self.shape, talk, step, str(next(self.updates)), now)
        for table, keys in step.reads.items():
            for key in keys:
                load.reads[table][tuple(map(own.value, key))] = None
        for change in step.changes:
            self._put(load, change, own)

    def _put(self, load: Load, change: Change, own: "_Own") -> None:
        table = self.shape.tables[change.table]
        row = tuple(self._cells(change, own))
        key = table.key_of(row)
        if not change.changed:
            load.inserts[change.table][key] = row
            return
        names = self.changed[change.table]
        new = tuple(row[table.columns.index(name)] for name in names)
        load.updates[change.table][key] = new + key

    def _cells(self, change: Change, own: "_Own") -> Iterator[Any]:
        new = not change.changed
        for name, value in zip(self.shape.tables[change.table].columns, change.row, strict=True):
            if name in _NUMBERED and new:
                yield next(self.numbers[change.table])
            elif name == "ref":
                yield f"{int(own.now * 1000):012x}{own.value(value)[12:]}"
            else:
                yield own.value(value)


@dataclass(slots=True)
class _Own:
    """Turns a value of the template into that of one citizen at one step."""

    shape: Shape
    talk: _Talk
    step: Step
    update: str
    now: float

    def value(self, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
        """The citizen's own value, or the same where it was nobody's."""
        if isinstance(value, float) and value > _MOMENT:
            return self.now + value - self.step.at
        if value in self.shape.common:
            return value
        if isinstance(value, bytes):
            return self._bytes(value)
        return self._text(value) if isinstance(value, str) else value

    def _bytes(self, value: bytes) -> bytes:
        if value == self.shape.account:
            return self.talk.account
        return self._hash(value, len(value)) if 0 < len(value) <= _LONGEST_KEY else value

    def _text(self, value: str) -> str:
        value = value.replace(str(self.shape.chat), str(self.talk.chat))
        value = value.replace(str(self.step.update), self.update)
        return _HASHES.sub(self._other, value)

    def _other(self, found: re.Match[str]) -> str:
        return self._hash(found[0].encode(), len(found[0]) // 2).hex()

    def _hash(self, value: bytes, size: int) -> bytes:
        salt = self.talk.chat.to_bytes(8, "big")
        return hashlib.blake2b(value, digest_size=size, salt=salt).digest()
