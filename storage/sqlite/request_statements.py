# ruff: noqa: S608 - every text here is made of constants
"""The statements about contacts, changes of them, dossiers and pictures, one for a whole batch."""

from storage.requests import NEWEST
from storage.sqlite.registry import COLUMNS

# --- contacts, and who may use an account --------------------------------------------

MEMBERS_OF = f"""
SELECT {COLUMNS} FROM json_each(?) AS asked CROSS JOIN members ON account = unhex(asked.value)
"""
HOLDERS = """
SELECT phone_idx, account FROM json_each(?) AS asked
CROSS JOIN members ON phone_idx = unhex(asked.value)
UNION ALL
SELECT email_idx, account FROM json_each(?) AS asked
CROSS JOIN members ON email_idx = unhex(asked.value)
"""
SET_STANDING = "UPDATE members SET state = ?, state_at = ? WHERE account = ?"

_CHANGE = """
ref, account, field, before, after, chat, cause, decided_at, applies_at, applied_at, undo_until,
undo_mark, ended_at, ended_as
"""
CHANGES = f"SELECT {_CHANGE} FROM json_each(?) AS asked CROSS JOIN changes ON ref = asked.value"
CHANGES_OF = f"""
SELECT {_CHANGE} FROM changes
WHERE account IN (SELECT unhex(value) FROM json_each(?)) AND decided_at >= json_extract(?, '$[0]')
ORDER BY decided_at, ref
"""
# The last one under a mark counts: what stands after what has ended, the newest last.
CHANGES_MARKED = f"""
SELECT {_CHANGE} FROM json_each(?) AS asked CROSS JOIN changes ON undo_mark = unhex(asked.value)
ORDER BY ended_at IS NULL, decided_at, ref
"""
SAVE_CHANGE = f"""
INSERT INTO changes ({_CHANGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (ref) DO UPDATE SET account = excluded.account, field = excluded.field,
    before = excluded.before, after = excluded.after, chat = excluded.chat,
    cause = excluded.cause, decided_at = excluded.decided_at, applies_at = excluded.applies_at,
    applied_at = coalesce(applied_at, excluded.applied_at), undo_until = excluded.undo_until,
    undo_mark = excluded.undo_mark, ended_at = coalesce(ended_at, excluded.ended_at),
    ended_as = CASE WHEN ended_at IS NULL THEN excluded.ended_as ELSE ended_as END
"""
DUE_CHANGES = f"""
SELECT {_CHANGE} FROM changes
WHERE applies_at <= ? AND applied_at IS NULL AND ended_at IS NULL
ORDER BY applies_at, ref LIMIT ?
"""

# --- dossiers ------------------------------------------------------------------------

_DOSSIER = """
ref, kind, account, chat, lang, state, version, is_open, opened_at, due_at, paused_at, form
"""
DOSSIERS = f"SELECT {_DOSSIER} FROM json_each(?) AS asked CROSS JOIN dossiers ON ref = asked.value"
DOSSIERS_OF = f"""
SELECT {_DOSSIER} FROM (
    SELECT *, row_number() OVER (PARTITION BY account ORDER BY opened_at DESC, ref DESC) AS place
    FROM dossiers WHERE account IN (SELECT unhex(value) FROM json_each(?))
)
WHERE is_open = 1 OR place <= {NEWEST} ORDER BY opened_at DESC, ref DESC
"""
DOSSIERS_FROM = f"""
SELECT {_DOSSIER} FROM (
    SELECT *, row_number() OVER (PARTITION BY chat ORDER BY opened_at DESC, ref DESC) AS place
    FROM dossiers WHERE chat IN (SELECT value FROM json_each(?))
)
WHERE place <= {NEWEST} ORDER BY opened_at DESC, ref DESC
"""
_PLACE = "due_at IS NULL, coalesce(due_at, 0), opened_at, ref"
LIST_DOSSIERS = f"""
SELECT {_DOSSIER} FROM dossiers WHERE state IN (SELECT value FROM json_each(?1))
    AND (json_array_length(?2) = 0 OR kind IN (SELECT value FROM json_each(?2)))
    AND (?3 = '' OR ({_PLACE}) > (SELECT {_PLACE} FROM dossiers WHERE ref = ?3))
ORDER BY {_PLACE} LIMIT ?4
"""
# Changes no row when another version is stored than the one before.
SAVE_DOSSIER = f"""
INSERT INTO dossiers ({_DOSSIER}, closed_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
WHERE ?7 = 1 OR EXISTS (SELECT 1 FROM dossiers WHERE ref = ?1)
ON CONFLICT (ref) DO UPDATE SET kind = excluded.kind, account = excluded.account,
    chat = excluded.chat, lang = excluded.lang, state = excluded.state,
    version = excluded.version, is_open = excluded.is_open, opened_at = excluded.opened_at,
    due_at = excluded.due_at, paused_at = excluded.paused_at, form = excluded.form,
    closed_at = CASE excluded.is_open WHEN 0 THEN coalesce(closed_at, excluded.closed_at) END
WHERE excluded.version = version + 1
"""
ADD_EDGE = """
INSERT INTO edges (ref, version, at, source, target, who, why) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
EDGES = """
SELECT ref, version, at, source, target, who, why FROM edges
WHERE ref IN (SELECT value FROM json_each(?)) ORDER BY ref, version
"""

# --- pictures ------------------------------------------------------------------------

_PHOTO = "ref, chat, run, dossier, at, image"
ADD_PHOTO = f"""
INSERT INTO photos ({_PHOTO}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO NOTHING
"""
PHOTOS = f"""
SELECT {_PHOTO} FROM (
    SELECT DISTINCT json_extract(value, '$[0]') AS its_chat, json_extract(value, '$[1]') AS its_run
    FROM json_each(?)
)
CROSS JOIN photos ON chat = its_chat AND run = its_run ORDER BY at, ref
"""
GIVE_PHOTOS = "UPDATE photos SET dossier = ? WHERE chat = ? AND run = ? AND dossier = ''"
PHOTOS_IN = f"""
SELECT {_PHOTO} FROM photos
WHERE dossier IN (SELECT value FROM json_each(?)) AND dossier <> '' ORDER BY at, ref
"""
