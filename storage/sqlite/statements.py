# ruff: noqa: S608 - every text here is made of constants
"""The statements of a unit, one for a whole batch.

Reads take their keys as one JSON list (blobs as hex) and drive the join from it; writes are run
for each row.
"""

import sqlite3
from typing import Any

HIGH_WATER = """
INSERT INTO meta VALUES ('high_water', ?)
ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)
"""
STORED_HIGH_WATER = "SELECT value FROM meta WHERE name = 'high_water'"

CONVERSATIONS = """
SELECT chat, turn, said_at, lang, flow, version, state, run, account, memo, half
FROM json_each(?) AS asked CROSS JOIN conversations ON chat = asked.value
"""
SAVE_CONVERSATION = """
INSERT INTO conversations (chat, turn, said_at, lang, flow, version, state, run, account, memo,
                           half)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (chat) DO UPDATE SET turn = excluded.turn, said_at = excluded.said_at,
    lang = excluded.lang, flow = excluded.flow, version = excluded.version,
    state = excluded.state, run = excluded.run, account = excluded.account, memo = excluded.memo,
    half = excluded.half
"""

# WHERE true: without it the parser takes ON CONFLICT for a join condition.
FIRST_SEEN = """
INSERT INTO seen (key, at)
SELECT json_extract(mark.value, '$[0]'), json_extract(mark.value, '$[1]')
FROM json_each(?) AS mark WHERE true
ON CONFLICT (key) DO NOTHING RETURNING key
"""

CHALLENGES = """
SELECT chat, run, slot, purpose, account, destination, counter, sent_at, expires_at, tries,
       used_at, void_at, decoy
FROM json_each(?) AS asked CROSS JOIN challenges
ON chat = json_extract(asked.value, '$[0]') AND run = json_extract(asked.value, '$[1]')
    AND slot = json_extract(asked.value, '$[2]')
"""
SAVE_CHALLENGE = """
INSERT INTO challenges (chat, run, slot, purpose, account, destination, counter, sent_at,
                        expires_at, tries, used_at, void_at, decoy)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (chat, run, slot) DO UPDATE SET purpose = excluded.purpose,
    account = excluded.account, destination = excluded.destination, counter = excluded.counter,
    sent_at = excluded.sent_at, expires_at = excluded.expires_at,
    tries = max(tries, excluded.tries), used_at = coalesce(used_at, excluded.used_at),
    void_at = coalesce(void_at, excluded.void_at), decoy = excluded.decoy
"""
VOID_CHALLENGES = """
UPDATE challenges SET void_at = ? WHERE account = ? AND used_at IS NULL AND void_at IS NULL
"""

TALLIES = """
SELECT tallies.key, slice, n FROM json_each(?) AS asked
CROSS JOIN tallies ON tallies.key = unhex(asked.value)
"""
ADD_TALLY = """
INSERT INTO tallies (key, slice, n, at) VALUES (?, ?, ?, ?)
ON CONFLICT (key, slice) DO UPDATE SET n = n + excluded.n
"""
CLEAR_TALLY = "DELETE FROM tallies WHERE key = ?"

PAGES = """
SELECT token_hash, chat, run, account, purpose, expires_at, used_at
FROM json_each(?) AS asked CROSS JOIN pages ON token_hash = unhex(asked.value)
"""
SAVE_PAGE = """
INSERT INTO pages (token_hash, chat, run, account, purpose, expires_at, used_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (token_hash) DO UPDATE SET chat = excluded.chat, run = excluded.run,
    account = excluded.account, purpose = excluded.purpose, expires_at = excluded.expires_at,
    used_at = coalesce(used_at, excluded.used_at)
"""
VOID_PAGES = "UPDATE pages SET used_at = ? WHERE account = ? AND used_at IS NULL"

LINKS = """
SELECT links.account, links.chat, links.at, coalesce(conversations.lang, '')
FROM json_each(?) AS asked CROSS JOIN links ON links.account = unhex(asked.value)
LEFT JOIN conversations ON conversations.chat = links.chat
"""
ADD_LINK = """
INSERT INTO links (account, chat, at) VALUES (?, ?, ?)
ON CONFLICT (account, chat) DO UPDATE SET at = max(at, excluded.at)
"""

ADD_CONSENT = "INSERT INTO consents (chat, purpose, granted, wording, at) VALUES (?, ?, ?, ?, ?)"
ADD_LINE = "INSERT INTO transcript (chat, turn, at, state, words) VALUES (?, ?, ?, ?, ?)"
_HAND_OVER = "chat, at, flow, state, reason, officer, taken_at, ended_at, id"
HAND_OVERS = f"""
SELECT {_HAND_OVER} FROM hand_overs
WHERE chat IN (SELECT value FROM json_each(?)) AND ended_at IS NULL
"""
AHEAD = """
SELECT json_extract(asked.value, '$[1]'), (
    SELECT count(*) FROM hand_overs WHERE ended_at IS NULL AND officer = ''
    AND (at, chat) < (json_extract(asked.value, '$[0]'), json_extract(asked.value, '$[1]'))
) FROM json_each(?) AS asked
"""
SAVE_HAND_OVER = f"""
INSERT INTO hand_overs ({_HAND_OVER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))
ON CONFLICT (id) DO UPDATE SET officer = excluded.officer, taken_at = excluded.taken_at,
    ended_at = excluded.ended_at
"""
RATE_HAND_OVER = """
UPDATE hand_overs SET rating = ?2 WHERE rating = '' AND id = (
    SELECT max(id) FROM hand_overs WHERE chat = ?1 AND ended_at IS NOT NULL AND officer <> ''
)
"""
SET_ASIDE = """
INSERT INTO set_aside (key, chat, at, error, payload) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO NOTHING
"""


def queue(db: sqlite3.Connection, *, limit: int) -> list[tuple[Any, ...]]:
    """Read the requests for a person that have not ended."""
    text = f"""
        SELECT {_HAND_OVER} FROM hand_overs WHERE ended_at IS NULL ORDER BY at, chat LIMIT ?
    """
    return db.execute(text, (limit,)).fetchall()


def transcript(db: sqlite3.Connection, *, chat: str, limit: int) -> list[tuple[Any, ...]]:
    """Read the newest lines of one chat."""
    text = """
        SELECT chat, turn, at, state, words,
            coalesce((SELECT half FROM conversations WHERE chat = transcript.chat), x'')
        FROM transcript WHERE chat = ? ORDER BY turn DESC LIMIT ?
    """
    return db.execute(text, (chat, limit)).fetchall()


def asides(db: sqlite3.Connection, *, limit: int) -> list[tuple[Any, ...]]:
    """Read the newest rows of what was set aside."""
    text = "SELECT key, chat, at, error, payload FROM set_aside ORDER BY at DESC LIMIT ?"
    return db.execute(text, (limit,)).fetchall()
