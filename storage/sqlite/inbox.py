"""Lists of conversations, and how far somebody has read them."""

from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec.structs import astuple

from storage import sealed_inbox as shared
from storage.inbox import Counts, Listed, Look, Picked, SavedView, Stir
from storage.sqlite.carried import Carried
from storage.sqlite.staff import StaffLooks, fetch

# The account may be named by any of its numbers, and the chat by whatever it did with it.
_FOUND = """
WITH asked AS (SELECT unhex(value) AS mark FROM json_each($6)),
owner AS (
    SELECT account FROM asked CROSS JOIN members ON account = mark
    UNION SELECT account FROM asked CROSS JOIN members ON national_idx = mark
    UNION SELECT account FROM asked CROSS JOIN members ON phone_idx = mark
    UNION SELECT account FROM asked CROSS JOIN members ON email_idx = mark
)
SELECT chat, 0.0 AS place FROM (
    SELECT chat FROM owner CROSS JOIN links USING (account)
    UNION SELECT chat FROM owner CROSS JOIN dossiers USING (account)
    UNION SELECT chat FROM owner CROSS JOIN challenges USING (account)
    UNION SELECT chat FROM dossiers WHERE ref = $7
    UNION SELECT chat FROM hand_overs WHERE id = CAST($7 AS INTEGER) AND CAST(id AS TEXT) = $7
)
"""


def _own(text: str) -> str:
    return text.replace("$", "?")


_LISTINGS = {view: _own(shared.listing(text)) for view, text in shared.VIEWS.items()}
_LISTINGS["found"] = _own(shared.listing(_FOUND))
_LOOKS = f"SELECT {shared.LOOK} FROM looks WHERE chat IN (SELECT value FROM json_each(?))"  # noqa: S608
_ADD_LOOK = f"""
INSERT INTO looks ({shared.LOOK}) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (chat, name) DO UPDATE SET turn = max(turn, excluded.turn),
    seen_at = max(seen_at, excluded.seen_at), typing_at = max(typing_at, excluded.typing_at)
"""  # noqa: S608 - made of constants


_SAVE_VIEW = "INSERT OR REPLACE INTO saved_views (officer, name, query, at) VALUES (?, ?, ?, ?)"
_DROP_VIEW = "DELETE FROM saved_views WHERE officer = ? AND name = ?"
_SAVED = "SELECT officer, name, query, at FROM saved_views WHERE officer = ? ORDER BY at, name"


class InboxUnit(Carried):
    """What a unit can do about reading."""

    async def save_views(self, rows: Sequence[SavedView]) -> None:
        self._write(_SAVE_VIEW, [astuple(row) for row in rows])

    async def drop_view(self, officer: str, name: str) -> None:
        self._write(_DROP_VIEW, [(officer, name)])

    async def add_looks(self, rows: Sequence[Look]) -> None:
        self._write(_ADD_LOOK, [astuple(row) for row in rows])


class InboxLooks(StaffLooks):
    """What the store tells of conversations."""

    async def inbox(self, picked: Picked) -> list[Listed]:
        asked = shared.values(picked)
        if picked.view == "found":
            asked += [msgspec.json.encode([it.hex() for it in picked.marks]).decode(), picked.ref]
        rows = await self._look(partial(fetch, _LISTINGS[picked.view], tuple(asked)))
        return [shared.read_listed(self._vault, row) for row in rows]

    async def counts(self, officer: str) -> Counts:
        rows = await self._look(partial(fetch, _own(shared.COUNTS), (officer,)))
        return Counts(*rows[0])

    async def open_by_officer(self) -> dict[str, int]:
        rows = await self._look(partial(fetch, shared.OPEN_BY_OFFICER, ()))
        return {row[0]: row[1] for row in rows}

    async def stirred(self, since: float) -> list[Stir]:
        rows = await self._look(partial(fetch, _own(shared.STIRRED), (since,)))
        return [Stir(row[0], bool(row[1]), row[2], row[3]) for row in rows]

    async def looks(self, chats: Sequence[str]) -> list[Look]:
        asked = msgspec.json.encode(list(chats)).decode()
        return [Look(*row) for row in await self._look(partial(fetch, _LOOKS, (asked,)))]

    async def views(self, officer: str) -> list[SavedView]:
        return [SavedView(*row) for row in await self._look(partial(fetch, _SAVED, (officer,)))]
