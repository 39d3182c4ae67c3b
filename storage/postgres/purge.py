"""What outlives its retention goes, in transactions too short to be noticed.

Rows that somebody works on are passed over, and whole months of transcripts are dropped.
"""

from dataclasses import dataclass

from storage.base import Retention
from storage.postgres import months
from storage.postgres.wire import LOOK, Pool

CHUNK = 2000
PICTURES = 20  # as many bytes as a chunk of anything else
_LONGEST = 3600.0  # seconds to count the rows of a month


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table go `keep` seconds after the time in column `since`."""

    table: str
    since: str
    keep: str  # a field of Retention
    only: str = "true"
    key: str = "ctid"
    along: str = "SELECT"  # what else to delete, by the key of the rows in `old`
    chunk: int = CHUNK

    async def apply(self, pool: Pool, keep: Retention, now: float) -> int:
        """Delete chunk after chunk; how many rows."""
        text = self._text()
        gone, deleted = 0, self.chunk
        while deleted == self.chunk:
            async with pool.begun() as wire:
                deleted = await wire.execute(text, now - getattr(keep, self.keep))
            gone += deleted
        return gone

    def _text(self) -> str:
        return f"""
            WITH old AS MATERIALIZED (
                SELECT {self.key} AS key FROM {self.table} WHERE {self.since} < $1 AND {self.only}
                ORDER BY {self.since} LIMIT {self.chunk} FOR UPDATE SKIP LOCKED
            ),
            along AS ({self.along})
            DELETE FROM {self.table} WHERE {self.key} = ANY (ARRAY(SELECT key FROM old))
        """  # noqa: S608 - made of constants


_TRIES = "DELETE FROM attempts WHERE outbound = ANY (ARRAY(SELECT key FROM old))"
# When the dossier of a picture was closed; long ago, if it is gone itself.
_CLOSED = """
coalesce((SELECT coalesce(closed_at, 'infinity') FROM dossiers WHERE ref = photos.dossier), 0)
"""
# Without an index on their age, which every consent would pay for.
_OLDEST = f"id < (SELECT min(id) + {CHUNK} FROM consents)"  # noqa: S608 - made of constants
_RULES = (
    Rule("seen", "at", "seen"),
    Rule("challenges", "expires_at", "challenges"),
    Rule("pages", "expires_at", "challenges"),
    Rule("sessions", "begun_at", "challenges"),
    Rule("transcript_other", "at", "transcript"),
    Rule("looks", "seen_at", "transcript"),
    Rule("hand_overs", "ended_at", "transcript", "ended_at IS NOT NULL"),
    Rule("set_aside", "at", "asides"),
    Rule("outbound", "ended_at", "outbound", "ended_at IS NOT NULL", key="id", along=_TRIES),
    Rule("tallies", "at", "tallies", only="slice > 0"),
    Rule("consents", "at", "evidence", only=_OLDEST),
    Rule("rights", "asked_at", "evidence", only="ended_at IS NOT NULL"),
    Rule("changes", "decided_at", "changes"),
    Rule("photos", "at", "strays", only="dossier = ''", chunk=PICTURES),
    Rule("photos", _CLOSED, "photos", only="dossier <> ''", chunk=PICTURES),
    Rule("dossiers", "closed_at", "dossiers", only="closed_at IS NOT NULL"),
)

# The row itself stays: buttons and codes are bound to its turn and its run.
_ABANDON = f"""
WITH step AS MATERIALIZED (
    SELECT chat, said_at, account, memo FROM conversations
    WHERE chat > $1 ORDER BY chat LIMIT {CHUNK}
),
left_alone AS MATERIALIZED (
    SELECT chat FROM conversations JOIN step USING (chat)
    WHERE step.said_at < $2 AND (step.memo <> '' OR step.account IS NOT NULL)
    ORDER BY chat FOR UPDATE OF conversations SKIP LOCKED
),
abandoned AS (
    UPDATE conversations SET flow = '', version = 0, state = '', account = NULL, memo = ''
    FROM left_alone WHERE conversations.chat = left_alone.chat AND said_at < $2
)
SELECT max(chat) FROM step
"""  # noqa: S608 - made of constants


# Letters that were kept to be sent again and are worthless now.
_ERASE = """
UPDATE outbound SET letter = NULL WHERE status = 'dead' AND letter IS NOT NULL AND dies_at <= $1
"""


async def purge(pool: Pool, keep: Retention, now: float) -> int:
    """Delete what has outlived its retention; rows deleted."""
    gone = await _drop_months(pool, now - keep.transcript)
    async with pool.begun() as wire:
        await wire.execute(_ERASE, now)
    rules = [*_RULES]
    async with pool.begun(LOOK) as wire:
        partly = months.part_of("transcript", months.month_of(now - keep.transcript))
        if (await wire.fetch("SELECT to_regclass($1)::text", partly))[0][0]:
            rules.append(Rule(partly, "at", "transcript"))
    for rule in rules:
        gone += await rule.apply(pool, keep, now)
    await _abandon(pool, now - keep.abandoned)
    return gone


async def _drop_months(pool: Pool, before: float) -> int:
    async with pool.begun(LOOK) as wire:
        parts = await months.outlived(wire, "transcript", before)
    gone = 0
    for part in parts:
        async with pool.begun() as wire:
            text = f"SELECT count(*) FROM {part}"  # noqa: S608 - a name of ours
            ((rows,),) = await wire.fetch(text, wait=_LONGEST)
        gone += rows if await months.drop(pool, part) else 0
    return gone


async def _abandon(pool: Pool, before: float) -> None:
    """Forget the answers of procedures that nobody came back to."""
    # In steps of the key and not by an index: an index on said_at would cost every turn.
    after: str | None = ""
    while after is not None:
        async with pool.begun() as wire:
            ((after,),) = await wire.fetch(_ABANDON, after, before)
