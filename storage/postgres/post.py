"""Messages on their way out: claimed under a lease, settled under a fence.

A claim raises the fence; whoever comes with an older one has lost the message meanwhile, and its
settlement changes nothing. Claimers pass over rows that another one has just locked; that breaks
no lane, since a row stands back as long as an older one of its lane waits, locked or not. An
older one may still show up late, written by a unit that committed after: then it stands back for
the one that is under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.base import Backlog, Parcel, Settlement
from storage.postgres.statements import arrays
from storage.postgres.wire import Wire
from storage.sealed import read_parcel
from storage.vault import Vault

_TIME = "double precision"
ADD = f"""
INSERT INTO outbound (ref, lane, channel, letter, due, dies_at, chat, run, slot, counter,
                      created_at, keep)
SELECT * FROM {
    arrays(
        *("text", "text", "text", "bytea", _TIME, _TIME),
        *("text", "bigint", "text", "bigint", _TIME, "bigint"),
    )
}
"""  # noqa: S608 - made of constants
_CLAIMABLE = """
SELECT id FROM outbound AS mine
WHERE status = 'waiting' AND due <= $1 AND leased_until <= $1 AND channel = ANY ($2::text[])
    AND NOT EXISTS (SELECT FROM outbound AS other WHERE other.status = 'waiting'
                    AND other.lane = mine.lane AND other.id <> mine.id
                    AND (other.id < mine.id OR other.leased_until > $1))
ORDER BY due, id LIMIT $3
"""
_CLAIM = f"""
WITH due AS MATERIALIZED ({_CLAIMABLE} FOR UPDATE SKIP LOCKED),
claimed AS (
    UPDATE outbound SET fence = fence + 1, tries = tries + 1, leased_until = $1 + $4
    FROM due WHERE outbound.id = due.id RETURNING outbound.*
),
started AS (
    INSERT INTO attempts (outbound, fence, try, at, owner)
    SELECT id, fence, tries, $1, $5 FROM claimed
)
SELECT o.id, o.fence, o.tries, o.created_at,
       o.ref, o.lane, o.channel, o.letter, o.due, o.dies_at,
       o.chat, o.run, o.slot, o.counter,
       c.purpose, c.account, c.destination, c.counter, c.sent_at, c.expires_at, c.tries,
       c.used_at, c.void_at, c.decoy
FROM claimed AS o
LEFT JOIN challenges AS c ON o.slot <> '' AND c.chat = o.chat AND c.run = o.run AND c.slot = o.slot
ORDER BY o.id
"""  # noqa: S608 - made of constants
_SETTLE = f"""
WITH ended AS (
    SELECT * FROM {arrays("bigint", "bigint", "bigint", "text", _TIME, _TIME, "text", "text")}
    AS given (id, fence, tries, status, at, due, sender, detail)
),
settled AS (
    UPDATE outbound SET status = ended.status, due = ended.due, tries = ended.tries,
        leased_until = 0,
        letter = CASE WHEN ended.status = 'waiting' OR (
            ended.status = 'dead' AND keep = 1 AND dies_at > ended.at
        ) THEN letter END,
        ended_at = CASE WHEN ended.status = 'waiting' THEN NULL ELSE ended.at END
    FROM ended
    WHERE outbound.id = ended.id AND outbound.fence = ended.fence AND outbound.status = 'waiting'
)
UPDATE attempts SET ended_at = ended.at, sender = ended.sender, verdict = ended.status,
    detail = ended.detail
FROM ended
WHERE outbound = ended.id AND attempts.fence = ended.fence AND ended_at IS NULL
"""  # noqa: S608 - made of constants
# Overdue is what could be claimed: a message behind another one of its lane waits for that one.
_BACKLOG = """
SELECT (SELECT count(*) FROM outbound WHERE status = 'waiting'), (
    SELECT due FROM outbound AS mine
    WHERE status = 'waiting' AND due <= $1 AND leased_until <= $1
        AND NOT EXISTS (SELECT FROM outbound AS older WHERE older.status = 'waiting'
                        AND older.lane = mine.lane AND older.id < mine.id)
    ORDER BY due, id LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for what: up to `limit` messages that are due `now`, until the lease ends.

    settled: how earlier tries ended; their lanes are free for this claim.
    """

    owner: str
    channels: Sequence[str]
    now: float
    lease: float
    limit: int
    settled: Sequence[Settlement] = ()


async def lease(wire: Wire, vault: Vault, claim: Claim) -> list[Parcel]:
    """Settle what has ended, take what is due, and record each try before it is made."""
    if claim.settled:
        await settle(wire, claim.settled)
    asked = (claim.now, claim.channels, claim.limit, claim.lease, claim.owner)
    return [read_parcel(vault, row) for row in await wire.fetch(_CLAIM, *asked)]


async def settle(wire: Wire, rows: Sequence[Settlement]) -> None:
    ends = sorted(
        (end.id, end.fence, end.tries, end.status, end.at, end.due, end.sender, end.detail)
        for end in rows
    )
    await wire.execute(_SETTLE, *zip(*ends, strict=True))


async def backlog(wire: Wire, now: float) -> Backlog:
    ((waiting, oldest),) = await wire.fetch(_BACKLOG, now)
    return Backlog(waiting, oldest)
