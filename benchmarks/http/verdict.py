"""Whether anything was lost, doubled or mixed up, from the database and from the outside world.

It asks the tables themselves, not the program, so that an error of the program cannot hide
itself; only the audit chain is checked with the program's own means.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks import report
from benchmarks.dialogue import STEPS
from benchmarks.http.deliveries import Attempt, Found, Row, compare
from benchmarks.http.witness import Witness
from bot.commands.opening import opened

_SEEN = """
SELECT count(*), count(*) FILTER (WHERE split_part(key, ':', 3)::bigint BETWEEN $1 AND $2)
FROM seen
"""
_TURNS = """
SELECT c.chat, c.turn, t.lines, t.turns, t.newest FROM conversations AS c
LEFT JOIN (
    SELECT chat, count(*) AS lines, count(DISTINCT turn) AS turns, max(turn) AS newest
    FROM transcript GROUP BY chat
) AS t USING (chat) WHERE c.turn >= 0
"""
_ISSUED = """
SELECT count(*), count(DISTINCT account), count(DISTINCT who) FROM audit
WHERE kind = 'password_issued'
"""
_PASSWORDS = "SELECT count(*) FROM members WHERE password_hash <> ''"
_CODES = "SELECT count(*) - count(DISTINCT account) FROM audit WHERE kind = 'code_issued'"
_ROWS = "SELECT id, ref, lane, channel, status FROM outbound ORDER BY id"
_ATTEMPTS = "SELECT outbound, owner, verdict, detail FROM attempts ORDER BY outbound, fence"
_WAITS = """
SELECT percentile_disc(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (ORDER BY 1000 * (a.at - o.created_at))
FROM attempts AS a JOIN outbound AS o ON o.id = a.outbound
WHERE a.fence = 1 AND o.channel = 'telegram'
"""
_LEFT = "SELECT count(*) FROM outbound WHERE status = 'waiting'"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so."""

    what: str
    wanted: int
    found: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks, and how deliveries compare with rows.

    waits: milliseconds from the commit of a bubble to its first try.
    """

    checks: list[Check]
    found: Found
    waits: list[float]

    def failed(self) -> list[Check]:
        """Those that do not hold."""
        return [check for check in self.checks if check.wanted != check.found]


async def left(url: str) -> int:
    """How many messages have not left yet."""
    db = await asyncpg.connect(url)
    try:
        return int(await db.fetchval(_LEFT))
    finally:
        await db.close()


async def judge(
    url: str, config: Path, witness: Witness, first: int, killed: AbstractSet[int]
) -> Verdict:
    """Look at everything once nothing moves any more. first: number of the first update."""
    said = witness.town.said
    db = await asyncpg.connect(url)
    try:
        rows = [Row(*row) for row in await db.fetch(_ROWS)]
        tries = [Attempt(*row) for row in await db.fetch(_ATTEMPTS)]
        found = compare(rows, tries, witness.bubbles, witness.letters, killed)
        checks = [
            *await _updates(db, said, first),
            *await _effects(db, sum(count == STEPS for count in said.values())),
            *_messages(rows, tries, found, sum(said.values())),
        ]
        waits: list[float] = await db.fetchval(_WAITS)
    finally:
        await db.close()
    return Verdict([*checks, *await _chain(config)], found, waits)


async def _updates(db: Any, said: Mapping[int, int], first: int) -> Iterator[Check]:  # noqa: ANN401
    sent = sum(said.values())
    marks, ours = await db.fetchrow(_SEEN, first, first + sent - 1)
    rows = {chat: counts for chat, *counts in await db.fetch(_TURNS)}
    wanted = {f"telegram:{chat}": [count] * 4 for chat, count in said.items()}
    wrong = sum(rows.get(chat) != counts for chat, counts in wanted.items())
    aside = await db.fetchval("SELECT count(*) FROM set_aside")
    return iter(
        (
            Check("updates marked as handled, of those sent", sent, ours),
            Check("marks of other updates", 0, marks - ours),
            Check("chats with a conversation", len(wanted), len(rows)),
            Check("chats whose turns or transcript have a gap or one too many", 0, wrong),
            Check("updates set aside", 0, aside),
        )
    )


async def _effects(db: Any, finished: int) -> Iterator[Check]:  # noqa: ANN401
    issued, accounts, chats = await db.fetchrow(_ISSUED)
    return iter(
        (
            Check("passwords issued, by the audit chain", finished, issued),
            Check("accounts they were issued to", finished, accounts),
            Check("chats they were issued in", finished, chats),
            Check("members who have a new password", finished, await db.fetchval(_PASSWORDS)),
            Check("codes issued a second time", 0, await db.fetchval(_CODES)),
        )
    )


def _messages(
    rows: list[Row], tries: list[Attempt], found: Found, updates: int
) -> Iterator[Check]:
    begun = sum(attempt.verdict == "started" for attempt in tries)
    failed = sum(attempt.verdict not in ("sent", "started") for attempt in tries)
    written = sum(row.channel == "telegram" for row in rows)
    yield Check("bubbles written, one for each update", updates, written)
    yield Check("messages that came to their end, of all", len(rows), found.settled)
    yield Check("messages that left and never arrived", 0, found.lost)
    yield Check("messages that came before an older one of their lane", 0, found.disorder)
    yield Check("messages that came twice and no cut-off try says why", 0, found.unmarked)
    yield Check("citizens with more than one code", 0, found.codes)
    yield Check("citizens with more than one password", 0, found.passwords)
    yield Check("unsettled tries of processes that were not killed", 0, begun - found.cut)
    yield Check("tries that failed", 0, failed - found.needless)


async def _chain(config: Path) -> list[Check]:
    """Corrupt is raised when the chain does not hold."""
    async with opened(config) as here:
        length = await here.store.verify_audit()
        head, _ = await here.store.audit_head()
    return [Check("audit records that prove each other", head, length)]


def table(checks: list[Check]) -> str:
    """All of them."""
    rows = ([c.what, str(c.wanted), str(c.found), _word(c)] for c in checks)
    return report.table(["", "must be", "is", ""], rows)


def _word(check: Check) -> str:
    return "ok" if check.wanted == check.found else "**wrong**"
