"""Contacts, changes of them, dossiers and pictures within one open transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import msgspec

from storage import sealed, sealed_requests
from storage.base import Change, Conflict, Contact, Dossier, Edge, Member, Person, Photo, Standing
from storage.sqlite import registry
from storage.sqlite import request_statements as sql
from storage.sqlite.carried import Rows, hexes
from storage.sqlite.inbox import InboxUnit
from storage.sqlite.operations import OperationsUnit
from storage.sqlite.rights import RightsUnit
from storage.sqlite.staff import StaffUnit

_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


class RequestUnit(StaffUnit, InboxUnit, RightsUnit, OperationsUnit):
    """What a unit can do about requests."""

    # --- contacts, and who may use an account ----------------------------------------

    async def members_of(self, accounts: Sequence[bytes]) -> dict[bytes, Member]:
        rows = await self._read(sql.MEMBERS_OF, hexes(accounts))
        return {row[0]: sealed.read_member(self._vault, row) for row in rows}

    async def holders(self, contacts: Sequence[str]) -> dict[str, frozenset[bytes]]:
        if not contacts:
            return {}
        phones, mails = sealed_requests.marks(self._vault, contacts)
        asked = [hexes([*marks.values()]) for marks in (phones, mails)]
        return sealed_requests.held(phones | mails, await self._read(sql.HOLDERS, *asked))

    async def changes(self, refs: Sequence[str]) -> dict[str, Change]:
        return {row.ref: row for row in self._opened(await self._read(sql.CHANGES, refs))}

    async def changes_of(self, accounts: Sequence[bytes], since: float) -> list[Change]:
        if not accounts:
            return []
        return self._opened(await self._read(sql.CHANGES_OF, hexes(accounts), [since]))

    async def changes_marked(self, marks: Sequence[bytes]) -> dict[bytes, Change]:
        rows = await self._read(sql.CHANGES_MARKED, hexes(marks))
        return {row.undo_mark: row for row in self._opened(rows)}

    async def save_changes(self, rows: Sequence[Change]) -> None:
        self._write(sql.SAVE_CHANGE, [sealed_requests.change(self._vault, row) for row in rows])

    async def open_members(self, people: Sequence[Person]) -> None:
        if people:
            self._waiting.append(partial(registry.open_new, vault=self._vault, people=people))

    async def set_contacts(self, rows: Sequence[Contact]) -> None:
        if rows:
            work = partial(registry.set_contacts, vault=self._vault, contacts=rows)
            self._waiting.append(work)

    async def set_standings(self, rows: Sequence[Standing]) -> None:
        self._write(sql.SET_STANDING, [(row.state, row.at, row.account) for row in rows])

    # --- dossiers ----------------------------------------------------------------------

    async def dossiers(self, refs: Sequence[str]) -> dict[str, Dossier]:
        return {row.ref: row for row in self._unsealed(await self._read(sql.DOSSIERS, refs))}

    async def dossiers_of(self, accounts: Sequence[bytes]) -> list[Dossier]:
        return self._unsealed(await self._read(sql.DOSSIERS_OF, hexes(accounts)))

    async def dossiers_from(self, chats: Sequence[str]) -> list[Dossier]:
        return self._unsealed(await self._read(sql.DOSSIERS_FROM, chats))

    async def save_dossiers(self, rows: Sequence[Dossier]) -> None:
        if rows:
            ordered = [row for batch in sealed_requests.rounds(rows) for row in batch]
            values = [sealed_requests.dossier(self._vault, row, self._now) for row in ordered]
            self._waiting.append(partial(_save_dossiers, values))

    async def add_edges(self, rows: Sequence[Edge]) -> None:
        if rows:
            values = [sealed_requests.edge(self._vault, row) for row in rows]
            self._waiting.append(partial(_add_edges, values))

    async def edges(self, refs: Sequence[str]) -> list[Edge]:
        rows = await self._read(sql.EDGES, refs)
        return [sealed_requests.read_edge(self._vault, row) for row in rows]

    # --- pictures ----------------------------------------------------------------------

    async def add_photos(self, rows: Sequence[Photo]) -> None:
        self._write(sql.ADD_PHOTO, [sealed_requests.photo(self._vault, row) for row in rows])

    async def photos(self, chat_runs: Sequence[tuple[str, int]]) -> list[Photo]:
        rows = await self._read(sql.PHOTOS, chat_runs)
        return [sealed_requests.read_photo(self._vault, row) for row in rows]

    async def give_photos(self, chat: str, run: int, dossier: str) -> None:
        self._write(sql.GIVE_PHOTOS, [(dossier, chat, run)])

    async def photos_in(self, dossiers: Sequence[str]) -> list[Photo]:
        rows = await self._read(sql.PHOTOS_IN, dossiers)
        return [sealed_requests.read_photo(self._vault, row) for row in rows]

    def _opened(self, rows: Rows) -> list[Change]:
        return [sealed_requests.read_change(self._vault, row) for row in rows]

    def _unsealed(self, rows: Rows) -> list[Dossier]:
        return [sealed_requests.read_dossier(self._vault, row) for row in rows]


def due_changes(db: sqlite3.Connection, *, now: float, limit: int) -> Rows:
    """Read the changes of a contact whose hold is over."""
    return db.execute(sql.DUE_CHANGES, (now, limit)).fetchall()


def list_dossiers(
    db: sqlite3.Connection,
    *,
    states: Sequence[str],
    limit: int,
    kinds: Sequence[str] = (),
    after: str = "",
) -> Rows:
    """Read the dossiers in these states and of these kinds that stand behind another one."""
    asked = [msgspec.json.encode(names).decode() for names in (states, kinds)]
    return db.execute(sql.LIST_DOSSIERS, (*asked, after, limit)).fetchall()


def _save_dossiers(rows: Rows, db: sqlite3.Connection) -> None:
    with _conflicts(sealed_requests.OPEN_ALREADY):
        saved = db.executemany(sql.SAVE_DOSSIER, rows).rowcount
    if saved != len(rows):
        raise Conflict(sealed_requests.MOVED_ON)


def _add_edges(rows: Rows, db: sqlite3.Connection) -> None:
    with _conflicts(sealed_requests.MOVED_ON):
        db.executemany(sql.ADD_EDGE, rows)


@contextmanager
def _conflicts(meaning: str) -> Iterator[None]:
    """Say what it means that a row is there already; mistakes of ours stay as they are."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode not in _TAKEN:
            raise
        raise Conflict(meaning) from error
