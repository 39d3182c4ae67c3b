# ruff: noqa: S608 - every text here is made of constants
"""Staff and their sessions: what a unit does, and what is looked up beside it."""

from collections.abc import Sequence

from storage import sealed_staff
from storage.postgres.held import Held
from storage.postgres.statements import arrays
from storage.postgres.wire import LOOK, Pool, Row
from storage.postgres.writes import Write
from storage.sealed_staff import SESSION, STAFF
from storage.staff import Session, Staff
from storage.vault import Vault

_TEXT, _INT, _TIME, _BYTES = "text", "bigint", "double precision", "bytea"
_TYPES = (_TEXT, _TEXT, _TEXT, _TIME, _TEXT, _BYTES, _INT, _BYTES, _TIME)

_STAFF = f"SELECT {STAFF} FROM staff WHERE name = ANY ($1::text[]) ORDER BY name FOR UPDATE"
_ALL = f"SELECT {STAFF} FROM staff ORDER BY name"
_INVITED = f"SELECT {STAFF} FROM staff WHERE invite = $1 AND invite <> ''::bytea"
_SAVE_STAFF = f"""
INSERT INTO staff ({STAFF}) SELECT * FROM {arrays(*_TYPES)}
ON CONFLICT (name) DO UPDATE SET role = excluded.role, state = excluded.state,
    changed_at = excluded.changed_at, password_hash = excluded.password_hash,
    totp = excluded.totp, step = excluded.step, invite = excluded.invite,
    invite_until = excluded.invite_until
"""
_BEGIN = f"INSERT INTO sessions ({SESSION}) SELECT * FROM {arrays(_BYTES, _TEXT, _TIME, _TIME)}"
_RENEW = f"""
UPDATE sessions SET seen_at = greatest(sessions.seen_at, given.seen_at)
FROM {arrays(_BYTES, _TIME)} AS given (mark, seen_at) WHERE sessions.mark = given.mark
"""
_END_ALL = "DELETE FROM sessions WHERE name = ANY ($1::text[])"
_END = "DELETE FROM sessions WHERE mark = $1"
_SESSIONS = f"""
SELECT mark, sessions.name, begun_at, seen_at, {STAFF.replace("name", "staff.name", 1)}
FROM sessions JOIN staff ON staff.name = sessions.name
"""
_SIGNED_IN = f"{_SESSIONS} WHERE mark = $1"
_ALL_SIGNED_IN = f"{_SESSIONS} WHERE seen_at >= $1"


class StaffUnit(Held):
    """What a unit can do about staff."""

    async def staff(self, names: Sequence[str]) -> dict[str, Staff]:
        rows = await self._read(_STAFF, sorted(set(names))) if names else []
        return {row[0]: sealed_staff.read_staff(self._vault, row) for row in rows}

    async def save_staff(self, rows: Sequence[Staff]) -> None:
        values = [sealed_staff.staff(self._vault, row) for row in rows]
        self._write(_SAVE_STAFF, values, key=1)

    async def begin_sessions(self, rows: Sequence[Session]) -> None:
        self._write(_BEGIN, [sealed_staff.session(row) for row in rows])

    async def renew_sessions(self, rows: Sequence[Session]) -> None:
        self._write(_RENEW, [(row.mark, row.seen_at) for row in rows], key=1)

    async def end_sessions(self, names: Sequence[str]) -> None:
        if names:
            self._waiting.append(Write(_END_ALL, (names,)))

    async def end_session(self, mark: bytes) -> None:
        self._waiting.append(Write(_END, (mark,)))


class StaffLooks:
    """What the store tells of staff."""

    _vault: Vault
    _pool: Pool

    async def all_staff(self) -> list[Staff]:
        return [sealed_staff.read_staff(self._vault, row) for row in await self._look(_ALL)]

    async def invited(self, invite: bytes) -> Staff | None:
        rows = await self._look(_INVITED, invite)
        return sealed_staff.read_staff(self._vault, rows[0]) if rows else None

    async def signed_in(self, mark: bytes) -> tuple[Session, Staff] | None:
        rows = await self._look(_SIGNED_IN, mark)
        return sealed_staff.read_signed_in(self._vault, rows[0]) if rows else None

    async def all_signed_in(self, since: float) -> dict[bytes, tuple[Session, Staff]]:
        rows = await self._look(_ALL_SIGNED_IN, since)
        found = [sealed_staff.read_signed_in(self._vault, row) for row in rows]
        return {session.mark: (session, whose) for session, whose in found}

    async def _look(self, text: str, *values: object) -> list[Row]:
        async with self._pool.begun(LOOK) as wire:
            return await wire.fetch(text, *values)
