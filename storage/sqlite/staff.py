# ruff: noqa: S608 - every text here is made of constants
"""Staff and their sessions: what a unit does, and what is looked up beside it."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from storage import sealed_staff
from storage.sealed_staff import SESSION, STAFF
from storage.sqlite.carried import Carried, Rows
from storage.sqlite.one import OneConnection
from storage.staff import Session, Staff
from storage.vault import Vault

_STAFF = f"SELECT {STAFF} FROM json_each(?) AS asked CROSS JOIN staff ON name = asked.value"
_ALL = f"SELECT {STAFF} FROM staff ORDER BY name"
_INVITED = f"SELECT {STAFF} FROM staff WHERE invite = ? AND invite <> x''"
_SAVE_STAFF = f"""
INSERT INTO staff ({STAFF}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET role = excluded.role, state = excluded.state,
    changed_at = excluded.changed_at, password_hash = excluded.password_hash,
    totp = excluded.totp, step = excluded.step, invite = excluded.invite,
    invite_until = excluded.invite_until
"""
_BEGIN = f"INSERT INTO sessions ({SESSION}) VALUES (?, ?, ?, ?)"
_RENEW = "UPDATE sessions SET seen_at = max(seen_at, ?) WHERE mark = ?"
_END_ALL = "DELETE FROM sessions WHERE name = ?"
_END = "DELETE FROM sessions WHERE mark = ?"
_SESSIONS = f"""
SELECT mark, sessions.name, begun_at, seen_at, {STAFF.replace("name", "staff.name", 1)}
FROM sessions JOIN staff ON staff.name = sessions.name
"""
_SIGNED_IN = f"{_SESSIONS} WHERE mark = ?"
_ALL_SIGNED_IN = f"{_SESSIONS} WHERE seen_at >= ?"


class StaffUnit(Carried):
    """What a unit can do about staff."""

    async def staff(self, names: Sequence[str]) -> dict[str, Staff]:
        rows = await self._read(_STAFF, names)
        return {row[0]: sealed_staff.read_staff(self._vault, row) for row in rows}

    async def save_staff(self, rows: Sequence[Staff]) -> None:
        self._write(_SAVE_STAFF, [sealed_staff.staff(self._vault, row) for row in rows])

    async def begin_sessions(self, rows: Sequence[Session]) -> None:
        self._write(_BEGIN, [sealed_staff.session(row) for row in rows])

    async def renew_sessions(self, rows: Sequence[Session]) -> None:
        self._write(_RENEW, [(row.seen_at, row.mark) for row in rows])

    async def end_sessions(self, names: Sequence[str]) -> None:
        self._write(_END_ALL, [(name,) for name in names])

    async def end_session(self, mark: bytes) -> None:
        self._write(_END, [(mark,)])


class StaffLooks(OneConnection):
    """What the store tells of staff."""

    _vault: Vault

    async def all_staff(self) -> list[Staff]:
        rows = await self._look(partial(fetch, _ALL, ()))
        return [sealed_staff.read_staff(self._vault, row) for row in rows]

    async def invited(self, invite: bytes) -> Staff | None:
        rows = await self._look(partial(fetch, _INVITED, (invite,)))
        return sealed_staff.read_staff(self._vault, rows[0]) if rows else None

    async def signed_in(self, mark: bytes) -> tuple[Session, Staff] | None:
        rows = await self._look(partial(fetch, _SIGNED_IN, (mark,)))
        return sealed_staff.read_signed_in(self._vault, rows[0]) if rows else None

    async def all_signed_in(self, since: float) -> dict[bytes, tuple[Session, Staff]]:
        rows = await self._look(partial(fetch, _ALL_SIGNED_IN, (since,)))
        found = [sealed_staff.read_signed_in(self._vault, row) for row in rows]
        return {session.mark: (session, whose) for session, whose in found}


def fetch(text: str, values: tuple[object, ...], db: sqlite3.Connection) -> Rows:
    """Run one statement; to be sent as one hop."""
    return db.execute(text, values).fetchall()
