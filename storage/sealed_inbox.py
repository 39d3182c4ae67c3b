"""The statements of lists of conversations that all engines share, and how their rows are read.

Parameters from 6 on are the view's own.
"""

from storage.inbox import Listed, Picked
from storage.rows import HandOverRequest
from storage.sealed import Row, read_conversation
from storage.vault import Vault

CONVERSATION = "chat, turn, said_at, lang, flow, version, state, run, account, memo, half"
REQUEST = "chat, at, flow, state, reason, officer, taken_at, ended_at, id"
LOOK = "chat, name, turn, seen_at, typing_at"
_WIDTH, _REQUEST_WIDTH = 11, 9

_OPEN = "SELECT chat, at AS place FROM hand_overs WHERE ended_at IS NULL"
VIEWS = {
    "waiting": f"{_OPEN} AND officer = ''",
    "mine": f"{_OPEN} AND officer = $6",
    "attended": f"{_OPEN} AND officer <> ''",
    "one": "SELECT $6 AS chat, 0.0 AS place",
    "all": "SELECT chat, -max(at) AS place FROM transcript WHERE at >= $6 GROUP BY chat",
}


def listing(view: str) -> str:
    """One page of one view.

    As CASE a filter is no estimate of how few there are, for which planners would read them all.
    """
    talk = ", ".join(f"talk.{name}" for name in CONVERSATION.split(", "))
    asked = ", ".join(f"asked.{name}" for name in REQUEST.split(", "))
    return f"""
        SELECT {talk}, {asked}, picked.place, coalesce(members.state, ''), EXISTS (
            SELECT 1 FROM changes WHERE changes.account = talk.account
            AND applied_at IS NULL AND ended_at IS NULL
        ), coalesce((SELECT max(tries) FROM challenges WHERE challenges.chat = talk.chat), 0)
        FROM ({view}) AS picked
        CROSS JOIN conversations AS talk
        LEFT JOIN hand_overs AS asked ON asked.chat = talk.chat AND asked.ended_at IS NULL
        LEFT JOIN members ON members.account = talk.account
        WHERE talk.chat = picked.chat AND talk.turn >= 0
            AND CASE $1 WHEN '' THEN TRUE
                ELSE coalesce(nullif(talk.flow, ''), asked.flow, '') = $1 END
            AND CASE $2 WHEN '' THEN TRUE
                ELSE substr(talk.chat, 1, length($2) + 1) = $2 || ':' END
            AND (picked.place > $3 OR (picked.place = $3 AND talk.chat > $4))
        ORDER BY picked.place, talk.chat LIMIT $5
    """  # noqa: S608 - made of constants


COUNTS = """
SELECT count(CASE WHEN officer = '' THEN 1 END), count(CASE WHEN officer = $1 THEN 1 END),
    count(CASE WHEN officer <> '' THEN 1 END)
FROM hand_overs WHERE ended_at IS NULL
"""
OPEN_BY_OFFICER = """
SELECT officer, count(*) FROM hand_overs WHERE ended_at IS NULL GROUP BY officer
"""
STIRRED = """
SELECT chat, looked, max(at), max(turn) FROM (
    SELECT chat, 0 AS looked, at, turn FROM transcript WHERE at >= $1
    UNION ALL SELECT chat, 1, max(seen_at, typing_at), turn FROM looks WHERE seen_at >= $1
) AS stirred GROUP BY chat, looked
"""


def values(picked: Picked) -> list[object]:
    """The parameters of a view, but for those of a search."""
    own: dict[str, list[object]] = {
        "mine": [picked.officer],
        "all": [picked.since],
        "one": [picked.ref],
    }
    common = [picked.flow, picked.channel, *picked.after, picked.limit]
    return [*common, *own.get(picked.view, [])]


def read_listed(vault: Vault, row: Row) -> Listed:
    columns = tuple(row)
    talk = read_conversation(vault, columns[:_WIDTH])
    asked = columns[_WIDTH : _WIDTH + _REQUEST_WIDTH]
    request = HandOverRequest(*asked) if asked[0] is not None else None
    place, standing, changing, tries = columns[_WIDTH + _REQUEST_WIDTH :]
    return Listed(talk, request, place, standing, bool(changing), tries)
