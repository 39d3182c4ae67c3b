# ruff: noqa: S608 - every text here is made of constants
"""The statements about contacts, changes of them, dossiers and pictures, one for a whole batch."""

from storage.postgres.registry import COLUMNS
from storage.postgres.statements import ACCOUNT_LOCK, arrays
from storage.requests import NEWEST

_TEXT, _INT, _TIME, _BYTES, _FLAG = "text", "bigint", "double precision", "bytea", "smallint"


def _lock_behind(rows: str) -> str:
    """Lock the accounts that rows belong to, in the order of all account locks."""
    return f"""
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT account, {ACCOUNT_LOCK} AS lock FROM {rows} ORDER BY lock
)
SELECT account, pg_advisory_xact_lock(lock) FROM wanted
"""


# --- contacts, and who may use an account ------------------------------------------------

MEMBERS_OF = f"SELECT {COLUMNS} FROM members WHERE account = ANY ($1::bytea[])"
HOLDERS = """
SELECT phone_idx, account FROM members WHERE phone_idx = ANY ($1::bytea[])
UNION ALL
SELECT email_idx, account FROM members WHERE email_idx = ANY ($2::bytea[])
"""
# Of two units that give one contact to two accounts the second waits for the first one's end.
LOCK_CONTACTS = f"""
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT {ACCOUNT_LOCK} AS lock FROM unnest($1::bytea[]) AS account ORDER BY lock
)
SELECT pg_advisory_xact_lock(lock) FROM wanted
"""
SET_STANDINGS = f"""
UPDATE members SET state = new.state, state_at = new.at
FROM {arrays(_BYTES, _TEXT, _TIME)} AS new (account, state, at)
WHERE members.account = new.account
"""

_CHANGE = """
ref, account, field, before, after, chat, cause, decided_at, applies_at, applied_at, undo_until,
undo_mark, ended_at, ended_as
"""
CHANGES = f"SELECT {_CHANGE} FROM changes WHERE ref = ANY ($1::text[])"
LOCK_CHANGES = _lock_behind("changes WHERE ref = ANY ($1::text[])")
CHANGES_OF = f"""
SELECT {_CHANGE} FROM changes WHERE account = ANY ($1::bytea[]) AND decided_at >= $2
ORDER BY decided_at, ref
"""
# The last one under a mark counts: what stands after what has ended, the newest last.
CHANGES_MARKED = f"""
SELECT {_CHANGE} FROM changes WHERE undo_mark = ANY ($1::bytea[])
ORDER BY ended_at IS NULL, decided_at, ref
"""
LOCK_CHANGES_MARKED = _lock_behind("changes WHERE undo_mark = ANY ($1::bytea[])")
SAVE_CHANGES = f"""
INSERT INTO changes ({_CHANGE}) SELECT * FROM {
    arrays(
        *(_TEXT, _BYTES, _TEXT, _BYTES, _BYTES, _TEXT, _TEXT),
        *(_TIME, _TIME, _TIME, _TIME, _BYTES, _TIME, _TEXT),
    )
}
ON CONFLICT (ref) DO UPDATE SET account = excluded.account, field = excluded.field,
    before = excluded.before, after = excluded.after, chat = excluded.chat,
    cause = excluded.cause, decided_at = excluded.decided_at, applies_at = excluded.applies_at,
    applied_at = coalesce(changes.applied_at, excluded.applied_at),
    undo_until = excluded.undo_until, undo_mark = excluded.undo_mark,
    ended_at = coalesce(changes.ended_at, excluded.ended_at),
    ended_as = CASE WHEN changes.ended_at IS NULL THEN excluded.ended_as ELSE changes.ended_as END
"""
DUE_CHANGES = f"""
SELECT {_CHANGE} FROM changes
WHERE applies_at <= $1 AND applied_at IS NULL AND ended_at IS NULL
ORDER BY applies_at, ref LIMIT $2
"""

# --- dossiers ----------------------------------------------------------------------------

_DOSSIER = """
ref, kind, account, chat, lang, state, version, is_open, opened_at, due_at, paused_at, form
"""
DOSSIERS = f"SELECT {_DOSSIER} FROM dossiers WHERE ref = ANY ($1::text[])"
LOCK_DOSSIERS = _lock_behind("dossiers WHERE ref = ANY ($1::text[])")
DOSSIERS_OF = f"""
SELECT {_DOSSIER} FROM (
    SELECT *, row_number() OVER (PARTITION BY account ORDER BY opened_at DESC, ref DESC) AS place
    FROM dossiers WHERE account = ANY ($1::bytea[])
) AS ranked
WHERE is_open = 1 OR place <= {NEWEST} ORDER BY opened_at DESC, ref DESC
"""
DOSSIERS_FROM = f"""
SELECT {_DOSSIER} FROM (
    SELECT *, row_number() OVER (PARTITION BY chat ORDER BY opened_at DESC, ref DESC) AS place
    FROM dossiers WHERE chat = ANY ($1::text[])
) AS ranked
WHERE place <= {NEWEST} ORDER BY opened_at DESC, ref DESC
"""
LOCK_DOSSIERS_FROM = _lock_behind("dossiers WHERE chat = ANY ($1::text[])")
_PLACE = "due_at IS NULL, coalesce(due_at, 0), opened_at, ref"
LIST_DOSSIERS = f"""
SELECT {_DOSSIER} FROM dossiers WHERE state = ANY ($1::text[])
    AND (cardinality($2::text[]) = 0 OR kind = ANY ($2::text[]))
    AND ($3::text = '' OR ({_PLACE}) > (SELECT {_PLACE} FROM dossiers WHERE ref = $3::text))
ORDER BY {_PLACE} LIMIT $4
"""
# Answers with the dossiers it has changed: not those of which another version is stored than the
# one before.
SAVE_DOSSIERS = f"""
INSERT INTO dossiers ({_DOSSIER}, closed_at) SELECT * FROM {
    arrays(
        *(_TEXT, _TEXT, _BYTES, _TEXT, _TEXT, _TEXT, _INT, _FLAG),
        *(_TIME, _TIME, _TIME, _BYTES, _TIME),
    )
} AS new ({_DOSSIER}, closed_at)
WHERE new.version = 1 OR EXISTS (SELECT FROM dossiers AS former WHERE former.ref = new.ref)
ON CONFLICT (ref) DO UPDATE SET kind = excluded.kind, account = excluded.account,
    chat = excluded.chat, lang = excluded.lang, state = excluded.state,
    version = excluded.version, is_open = excluded.is_open, opened_at = excluded.opened_at,
    due_at = excluded.due_at, paused_at = excluded.paused_at, form = excluded.form,
    closed_at = CASE excluded.is_open
        WHEN 0 THEN coalesce(dossiers.closed_at, excluded.closed_at) END
WHERE excluded.version = dossiers.version + 1
RETURNING ref
"""
ADD_EDGES = f"""
INSERT INTO edges (ref, version, at, source, target, who, why)
SELECT * FROM {arrays(_TEXT, _INT, _TIME, _TEXT, _TEXT, _TEXT, _BYTES)}
"""
EDGES = """
SELECT ref, version, at, source, target, who, why FROM edges WHERE ref = ANY ($1::text[])
ORDER BY ref, version
"""

# --- pictures ----------------------------------------------------------------------------

_PHOTO = "ref, chat, run, dossier, at, image"
ADD_PHOTOS = f"""
INSERT INTO photos ({_PHOTO}) SELECT * FROM {arrays(_TEXT, _TEXT, _INT, _TEXT, _TIME, _BYTES)}
ON CONFLICT (ref) DO NOTHING
"""
PHOTOS = f"""
SELECT {_PHOTO} FROM photos
WHERE (chat, run) IN (SELECT DISTINCT asked.* FROM {arrays(_TEXT, _INT)} AS asked)
ORDER BY at, ref
"""
GIVE_PHOTOS = """
UPDATE photos SET dossier = $1 WHERE chat = $2 AND run = $3 AND dossier = ''
"""
PHOTOS_IN = f"""
SELECT {_PHOTO} FROM photos WHERE dossier = ANY ($1::text[]) AND dossier <> '' ORDER BY at, ref
"""
