# ruff: noqa: S608 - every text here is made of constants
"""Requests about one's own data, and the erasing of it."""

from collections.abc import Sequence

from storage import sealed_rights as shared
from storage.postgres.held import Held
from storage.postgres.inbox import InboxLooks
from storage.postgres.statements import arrays
from storage.postgres.writes import Write
from storage.rights import Holding, Right
from storage.rows import Consent

_TEXT, _TIME, _BYTES = "text", "double precision", "bytea"
_TYPES = (
    *(_TEXT, _TEXT, _TEXT, _BYTES, _TEXT, *(_TIME,) * 6),
    *(_TEXT, _TEXT, _TEXT, _TEXT, _BYTES),
)
_RIGHTS = f"SELECT {shared.RIGHT} FROM rights WHERE ref = ANY ($1::text[]) ORDER BY ref FOR UPDATE"
_OF = f"""
SELECT {shared.RIGHT} FROM (
    SELECT rights.*, row_number() OVER (PARTITION BY account ORDER BY asked_at DESC, ref) AS place
    FROM rights WHERE account = ANY ($1::bytea[])
) AS placed WHERE ended_at IS NULL OR place <= {shared.NEWEST} ORDER BY asked_at DESC, ref
"""
_SAVE = f"""
INSERT INTO rights ({shared.RIGHT}) SELECT * FROM {arrays(*_TYPES)}
ON CONFLICT (ref) DO UPDATE SET
    answered_at = coalesce(rights.answered_at, excluded.answered_at),
    applies_at = excluded.applies_at, approved_by = excluded.approved_by,
    counts = excluded.counts, why = excluded.why,
    ended_as = CASE WHEN rights.ended_at IS NULL THEN excluded.ended_as ELSE rights.ended_as END,
    ended_at = coalesce(rights.ended_at, excluded.ended_at)
"""
_HOLDINGS = shared.HOLDINGS.format(chat="$1::text", account="$2::bytea")
_CONSENTS = f"""
SELECT {shared.CONSENT} FROM (
    SELECT DISTINCT ON (chat, purpose) id, {shared.CONSENT} FROM consents
    WHERE chat = ANY ($1::text[]) ORDER BY chat, purpose, id DESC
) AS newest ORDER BY id
"""
_ERASE = (
    f"DELETE FROM photos WHERE {shared.MINE.format(chat='$1::text')}",
    *(f"DELETE FROM {table} WHERE chat = $1" for table in ("transcript", "set_aside", "looks")),
    "DELETE FROM links WHERE chat = $1",
    "DELETE FROM hand_overs WHERE chat = $1 AND ended_at IS NOT NULL",
    """UPDATE conversations SET flow = '', version = 0, state = '', account = NULL, memo = '',
        half = $2 WHERE chat = $1""",
)
_DUE = f"""
SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NULL AND applies_at IS NOT NULL
    AND applies_at <= $1 ORDER BY applies_at, ref LIMIT $2
"""
_OPEN = (
    f"SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NULL ORDER BY finish_by, ref LIMIT $1"
)
_ENDED = f"""
SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, ref LIMIT $1
"""


class RightsUnit(Held):
    """What a unit can do about rights."""

    async def rights(self, refs: Sequence[str]) -> dict[str, Right]:
        rows = await self._read(_RIGHTS, refs) if refs else []
        return {row[0]: shared.read_right(self._vault, row) for row in rows}

    async def rights_of(self, accounts: Sequence[bytes]) -> list[Right]:
        rows = await self._read(_OF, accounts) if accounts else []
        return [shared.read_right(self._vault, row) for row in rows]

    async def save_rights(self, rows: Sequence[Right]) -> None:
        self._write(_SAVE, [shared.right(self._vault, row) for row in rows], key=1)

    async def holdings(self, chat: str, account: bytes) -> list[Holding]:
        return [Holding(*row) for row in await self._read(_HOLDINGS, chat, account)]

    async def consents_of(self, chats: Sequence[str]) -> list[Consent]:
        rows = await self._read(_CONSENTS, chats) if chats else []
        return [Consent(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]

    async def erase(self, chats: Sequence[str]) -> None:
        for chat in chats:
            half = self._halves[chat] = self._vault.new_half()
            for text in _ERASE:
                self._waiting.append(Write(text, (chat, half) if "$2" in text else (chat,)))


class RightsLooks(InboxLooks):
    """What the store tells of rights."""

    async def due_rights(self, *, now: float, limit: int) -> list[Right]:
        rows = await self._look(_DUE, now, limit)
        return [shared.read_right(self._vault, row) for row in rows]

    async def list_rights(self, *, ended: bool, limit: int) -> list[Right]:
        rows = await self._look(_ENDED if ended else _OPEN, limit)
        return [shared.read_right(self._vault, row) for row in rows]

    async def scrub(self) -> None:
        """Nothing: dead rows and the server's log are the server's, and go with its own vacuum."""
