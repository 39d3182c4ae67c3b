# ruff: noqa: S608 - every text here is made of constants
"""The statements of a unit, one for a whole batch.

Reads take their keys as arrays and drive the join from them; writes take every column as one
array. No statement may name a key twice; `unit.py` sees to that.
"""


def arrays(*types: str, first: int = 1) -> str:
    """Turn parameters from `first` on, one array a column, into rows."""
    given = (f"${place}::{kind}[]" for place, kind in enumerate(types, first))
    return f"unnest({', '.join(given)})"


_TEXT, _INT, _TIME, _BYTES, _FLAG = "text", "bigint", "double precision", "bytea", "smallint"

HIGH_WATER = """
INSERT INTO meta (name, value) VALUES ('high_water', $1::double precision::text)
ON CONFLICT (name) DO UPDATE SET
    value = greatest(meta.value::double precision, excluded.value::double precision)::text
"""
STORED_HIGH_WATER = "SELECT value::double precision FROM meta WHERE name = 'high_water'"

# --- locks -------------------------------------------------------------------------------

# Rows to lock for chats never seen.
STUBS = """
INSERT INTO conversations (chat, turn, said_at, lang, flow, version, state, run, memo)
SELECT chat, -1, 0, '', '', 0, '', 0, '' FROM unnest($1::text[]) AS asked (chat)
ON CONFLICT (chat) DO NOTHING
"""
_CONVERSATION = "chat, turn, said_at, lang, flow, version, state, run, account, memo, half"
CONVERSATIONS = f"""
SELECT {_CONVERSATION} FROM conversations WHERE chat = ANY ($1::text[]) ORDER BY chat FOR UPDATE
"""
# Sixty-four bits of the account.
ACCOUNT_LOCK = "('x' || encode(substring(account FOR 8), 'hex'))::bit(64)::bigint"
# Or of what was asked for when there is no account: the same work and the same number of locks
# either way, so that time does not tell which (R27).
LOCK_ACCOUNTS = f"""
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT {ACCOUNT_LOCK} AS lock
    FROM (
        SELECT unnest($1::bytea[]) AS account
        UNION ALL
        SELECT CASE WHEN members.national_idx = asked THEN members.account ELSE asked END
        FROM unnest($2::bytea[]) AS asked
        LEFT JOIN LATERAL (
            SELECT account, national_idx FROM members AS near
            WHERE near.national_idx >= asked ORDER BY near.national_idx LIMIT 1
        ) AS members ON true
    ) AS named
    ORDER BY lock
)
SELECT pg_advisory_xact_lock(lock) FROM wanted
"""

# --- conversations and codes -------------------------------------------------------------

FIRST_SEEN = f"""
INSERT INTO seen (key, at) SELECT key, at FROM {arrays(_TEXT, _TIME)} AS mark (key, at)
ON CONFLICT (key) DO NOTHING RETURNING key
"""
SAVE_CONVERSATIONS = f"""
INSERT INTO conversations ({_CONVERSATION})
SELECT * FROM {arrays(_TEXT, _INT, _TIME, _TEXT, _TEXT, _INT, _TEXT, _INT, _BYTES, _BYTES, _BYTES)}
ON CONFLICT (chat) DO UPDATE SET turn = excluded.turn, said_at = excluded.said_at,
    lang = excluded.lang, flow = excluded.flow, version = excluded.version,
    state = excluded.state, run = excluded.run, account = excluded.account, memo = excluded.memo,
    half = excluded.half
"""
_CHALLENGE = """
chat, run, slot, purpose, account, destination, counter, sent_at, expires_at, tries, used_at,
void_at, decoy
"""
CHALLENGES = f"""
SELECT {_CHALLENGE} FROM {arrays(_TEXT, _INT, _TEXT)} AS asked (chat, run, slot)
JOIN challenges USING (chat, run, slot)
"""
SAVE_CHALLENGES = f"""
INSERT INTO challenges ({_CHALLENGE})
SELECT * FROM {
    arrays(
        _TEXT, _INT, _TEXT, _TEXT, _BYTES, _BYTES, _INT, _TIME, _TIME, _INT, _TIME, _TIME, _FLAG
    )
}
ON CONFLICT (chat, run, slot) DO UPDATE SET purpose = excluded.purpose,
    account = excluded.account, destination = excluded.destination, counter = excluded.counter,
    sent_at = excluded.sent_at, expires_at = excluded.expires_at,
    tries = greatest(challenges.tries, excluded.tries),
    used_at = coalesce(challenges.used_at, excluded.used_at),
    void_at = coalesce(challenges.void_at, excluded.void_at), decoy = excluded.decoy
"""
VOID_CHALLENGES = """
UPDATE challenges SET void_at = $1
WHERE account = ANY ($2::bytea[]) AND used_at IS NULL AND void_at IS NULL
"""

# --- limits, pages, links ----------------------------------------------------------------

TALLIES = """
SELECT key, slice, sum(n)::bigint FROM tallies WHERE key = ANY ($1::bytea[]) GROUP BY key, slice
"""
ADD_TALLIES = f"""
INSERT INTO tallies (key, slice, n, shard, at)
SELECT * FROM {arrays(_BYTES, _INT, _INT, _FLAG, _TIME)}
ON CONFLICT (key, slice, shard) DO UPDATE SET n = tallies.n + excluded.n
"""
CLEAR_TALLIES = "DELETE FROM tallies WHERE key = ANY ($1::bytea[])"

_PAGE = "token_hash, chat, run, account, purpose, expires_at, used_at"
PAGES = f"SELECT {_PAGE} FROM pages WHERE token_hash = ANY ($1::bytea[])"
SAVE_PAGES = f"""
INSERT INTO pages ({_PAGE})
SELECT * FROM {arrays(_BYTES, _TEXT, _INT, _BYTES, _TEXT, _TIME, _TIME)}
ON CONFLICT (token_hash) DO UPDATE SET chat = excluded.chat, run = excluded.run,
    account = excluded.account, purpose = excluded.purpose, expires_at = excluded.expires_at,
    used_at = coalesce(pages.used_at, excluded.used_at)
"""
VOID_PAGES = """
UPDATE pages SET used_at = $1 WHERE account = ANY ($2::bytea[]) AND used_at IS NULL
"""
LINKS = """
SELECT links.account, links.chat, links.at, coalesce(conversations.lang, '') FROM links
LEFT JOIN conversations ON conversations.chat = links.chat
WHERE links.account = ANY ($1::bytea[])
"""
ADD_LINKS = f"""
INSERT INTO links (account, chat, at) SELECT * FROM {arrays(_BYTES, _TEXT, _TIME)}
ON CONFLICT (account, chat) DO UPDATE SET at = greatest(links.at, excluded.at)
"""

# --- what is only ever added -------------------------------------------------------------

ADD_CONSENTS = f"""
INSERT INTO consents (chat, purpose, granted, wording, at)
SELECT * FROM {arrays(_TEXT, _TEXT, _FLAG, _TEXT, _TIME)}
"""
ADD_LINES = f"""
INSERT INTO transcript (chat, turn, at, state, words)
SELECT * FROM {arrays(_TEXT, _INT, _TIME, _TEXT, _BYTES)}
"""
TRANSCRIPT = """
SELECT chat, turn, at, state, words,
    coalesce((SELECT half FROM conversations AS own WHERE own.chat = transcript.chat), '')
FROM transcript WHERE chat = $1 ORDER BY turn DESC LIMIT $2
"""

# --- citizens who wait for a person ------------------------------------------------------

_HAND_OVER = "chat, at, flow, state, reason, officer, taken_at, ended_at, id"
HAND_OVERS = f"""
SELECT {_HAND_OVER} FROM hand_overs WHERE chat = ANY ($1::text[]) AND ended_at IS NULL
"""
QUEUE = f"""
SELECT {_HAND_OVER} FROM hand_overs WHERE ended_at IS NULL
ORDER BY at, chat COLLATE "C" LIMIT $1
"""
AHEAD = f"""
SELECT asked.chat, (
    SELECT count(*) FROM hand_overs AS other WHERE ended_at IS NULL AND officer = ''
    AND (other.at, other.chat COLLATE "C") < (asked.at, asked.chat)
) FROM {arrays(_TIME, _TEXT)} AS asked (at, chat)
"""
SAVE_HAND_OVERS = f"""
INSERT INTO hand_overs ({_HAND_OVER})
SELECT chat, at, flow, state, reason, officer, taken_at, ended_at,
    CASE id WHEN 0 THEN nextval(pg_get_serial_sequence('hand_overs', 'id')) ELSE id END
FROM {arrays(_TEXT, _TIME, _TEXT, _TEXT, _TEXT, _TEXT, _TIME, _TIME, _INT)} AS given ({_HAND_OVER})
ON CONFLICT (id) DO UPDATE SET officer = excluded.officer, taken_at = excluded.taken_at,
    ended_at = excluded.ended_at
"""
RATE_HAND_OVERS = f"""
UPDATE hand_overs SET rating = given.grade FROM {arrays(_TEXT, _TEXT)} AS given (chat, grade)
WHERE rating = '' AND id = (
    SELECT max(id) FROM hand_overs AS own
    WHERE own.chat = given.chat AND own.ended_at IS NOT NULL AND own.officer <> ''
)
"""
SET_ASIDE = f"""
INSERT INTO set_aside (key, chat, at, error, payload)
SELECT * FROM {arrays(_TEXT, _TEXT, _TIME, _TEXT, _BYTES)}
ON CONFLICT (key) DO NOTHING
"""
ASIDES = "SELECT key, chat, at, error, payload FROM set_aside ORDER BY at DESC LIMIT $1"
