"""Lists of conversations, and how far somebody has read them."""

from collections.abc import Sequence

from msgspec.structs import astuple

from storage import sealed_inbox as shared
from storage.inbox import Counts, Listed, Look, Picked, SavedView, Stir
from storage.postgres.held import Held
from storage.postgres.staff import StaffLooks
from storage.postgres.statements import arrays
from storage.postgres.writes import Write

# The account may be named by any of its numbers, and the chat by whatever it did with it.
_FOUND = """
WITH asked AS (SELECT unnest($6::bytea[]) AS mark),
owner AS (
    SELECT account FROM asked JOIN members ON account = mark
    UNION SELECT account FROM asked JOIN members ON national_idx = mark
    UNION SELECT account FROM asked JOIN members ON phone_idx = mark
    UNION SELECT account FROM asked JOIN members ON email_idx = mark
)
SELECT chat, 0::double precision AS place FROM (
    SELECT chat FROM owner JOIN links USING (account)
    UNION SELECT chat FROM owner JOIN dossiers USING (account)
    UNION SELECT chat FROM owner JOIN challenges USING (account)
    UNION SELECT chat FROM dossiers WHERE ref = $7
    UNION SELECT chat FROM hand_overs
    WHERE id = CASE WHEN $7 ~ '^[1-9][0-9]{0,17}$' THEN $7::bigint END
) AS found
"""
_TYPES = {1: "text", 2: "text", 3: "double precision", 4: "text", 5: "bigint"}
_OWN = {"mine": "text", "one": "text", "all": "double precision"}


def _typed(text: str, view: str) -> str:
    types = _TYPES | ({6: _OWN[view]} if view in _OWN else {})
    for number, kind in types.items():
        text = text.replace(f"${number}", f"${number}::{kind}")
    # Requests are sorted as the database sorts; compared by bytes, no index of theirs would serve.
    return text.replace("asked.chat = talk.chat", 'asked.chat = talk.chat COLLATE "default"')


_LISTINGS = {view: _typed(shared.listing(text), view) for view, text in shared.VIEWS.items()}
_LISTINGS["found"] = _typed(shared.listing(_FOUND), "found")
_STIRRED = shared.STIRRED.replace("max(seen_at, typing_at)", "greatest(seen_at, typing_at)")
_LOOKS = f"SELECT {shared.LOOK} FROM looks WHERE chat = ANY ($1::text[])"  # noqa: S608
_LOOK_TYPES = ("text", "text", "bigint", "double precision", "double precision")
_ADD_LOOKS = f"""
INSERT INTO looks ({shared.LOOK}) SELECT * FROM {arrays(*_LOOK_TYPES)}
ON CONFLICT (chat, name) DO UPDATE SET turn = greatest(looks.turn, excluded.turn),
    seen_at = greatest(looks.seen_at, excluded.seen_at),
    typing_at = greatest(looks.typing_at, excluded.typing_at)
"""  # noqa: S608 - made of constants


_SAVE_VIEW = f"""
INSERT INTO saved_views (officer, name, query, at)
SELECT * FROM {arrays("text", "text", "text", "double precision")}
ON CONFLICT (officer, name) DO UPDATE SET query = excluded.query, at = excluded.at
"""  # noqa: S608 - made of constants
_DROP_VIEW = "DELETE FROM saved_views WHERE officer = $1 AND name = $2"
_SAVED = "SELECT officer, name, query, at FROM saved_views WHERE officer = $1 ORDER BY at, name"


class InboxUnit(Held):
    """What a unit can do about reading."""

    async def save_views(self, rows: Sequence[SavedView]) -> None:
        self._write(_SAVE_VIEW, [astuple(row) for row in rows], key=2)

    async def drop_view(self, officer: str, name: str) -> None:
        self._waiting.append(Write(_DROP_VIEW, (officer, name)))

    async def add_looks(self, rows: Sequence[Look]) -> None:
        self._write(_ADD_LOOKS, [astuple(row) for row in rows], key=2)


class InboxLooks(StaffLooks):
    """What the store tells of conversations."""

    async def inbox(self, picked: Picked) -> list[Listed]:
        asked = shared.values(picked)
        if picked.view == "found":
            asked += [list(picked.marks), picked.ref]
        rows = await self._look(_LISTINGS[picked.view], *asked)
        return [shared.read_listed(self._vault, row) for row in rows]

    async def counts(self, officer: str) -> Counts:
        rows = await self._look(shared.COUNTS, officer)
        return Counts(*rows[0])

    async def open_by_officer(self) -> dict[str, int]:
        rows = await self._look(shared.OPEN_BY_OFFICER)
        return {row[0]: row[1] for row in rows}

    async def stirred(self, since: float) -> list[Stir]:
        rows = await self._look(_STIRRED, since)
        return [Stir(row[0], bool(row[1]), row[2], row[3]) for row in rows]

    async def looks(self, chats: Sequence[str]) -> list[Look]:
        return [Look(*row) for row in await self._look(_LOOKS, list(chats))]

    async def views(self, officer: str) -> list[SavedView]:
        return [SavedView(*row) for row in await self._look(_SAVED, officer)]
