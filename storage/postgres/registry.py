"""The registry of members: found by blind index, personal fields sealed as one value."""

from collections.abc import Sequence

from storage.base import Person
from storage.postgres.statements import arrays
from storage.postgres.wire import Row, Wire
from storage.sealed import member, read_person, updated
from storage.vault import Vault

COLUMNS = """
members.account, members.personal, members.state, members.password_hash,
members.password_until, members.must_change
"""
# The row at or after each key: a key that nobody has costs as much as one that somebody has (R27).
NEAREST = f"""
SELECT asked, members.account, {COLUMNS} FROM unnest($1::bytea[]) AS asked
CROSS JOIN LATERAL (
    SELECT * FROM members AS near WHERE near.account >= asked ORDER BY near.account LIMIT 1
) AS members
UNION ALL
SELECT asked, members.national_idx, {COLUMNS} FROM unnest($2::bytea[]) AS asked
CROSS JOIN LATERAL (
    SELECT * FROM members AS near WHERE near.national_idx >= asked
    ORDER BY near.national_idx LIMIT 1
) AS members
"""  # noqa: S608 - made of constants
SET_PASSWORDS = f"""
UPDATE members SET password_hash = new.hash, password_until = new.until, must_change = new.must
FROM {arrays("bytea", "text", "double precision", "smallint")} AS new (account, hash, until, must)
WHERE members.account = new.account
"""  # noqa: S608 - made of constants
SET_CONTACTS = f"""
UPDATE members SET phone_idx = new.phone, email_idx = new.email, personal = new.personal
FROM {arrays("bytea", "bytea", "bytea", "bytea")} AS new (account, phone, email, personal)
WHERE members.account = new.account
"""  # noqa: S608 - made of constants
PAGE = f"SELECT id, {COLUMNS} FROM members WHERE id > $1 ORDER BY id LIMIT $2"  # noqa: S608
# Two imports at once would each fill empty fields from what the other one is about to change.
_ONE_IMPORT = "SELECT pg_advisory_xact_lock(hashtextextended('members', 0))"
KNOWN = """
SELECT account, personal FROM members WHERE account = ANY ($1::bytea[]) ORDER BY account FOR UPDATE
"""
_INSERT = f"""
INSERT INTO members (account, national_idx, phone_idx, email_idx, personal,
                     state, password_hash, password_until, must_change)
SELECT new.*, 'active', '', NULL, 0 FROM {arrays("bytea", "bytea", "bytea", "bytea", "bytea")}
    AS new
"""  # noqa: S608 - made of constants
OPEN = f"{_INSERT} ON CONFLICT (account) DO NOTHING RETURNING account"
_ADD = f"""{_INSERT}
ON CONFLICT (account) DO UPDATE SET national_idx = excluded.national_idx,
    phone_idx = excluded.phone_idx, email_idx = excluded.email_idx, personal = excluded.personal
"""


async def add(wire: Wire, vault: Vault, people: Sequence[Person]) -> int:
    """Insert or update; an empty field leaves what is stored."""
    named = [(vault.index("bhxh", person.bhxh_number), person) for person in people]
    await wire.fetch(_ONE_IMPORT)
    latest = opened(vault, await wire.fetch(KNOWN, [account for account, _ in named]))
    for account, person in named:
        latest[account] = updated(latest.get(account), person)
    rows = [member(vault, account, person) for account, person in latest.items()]
    if rows:
        await wire.execute(_ADD, *zip(*rows, strict=True))
    return len(rows)


def opened(vault: Vault, rows: Sequence[Row]) -> dict[bytes, Person]:
    """Open rows of account and personal fields."""
    return {account: read_person(vault, account, personal) for account, personal in rows}
