-- The first schema. Every time is seconds since 1970 UTC. BLOB columns marked "sealed" hold
-- AES-256-GCM values bound to their table, row and column; "blind index" means a keyed hash of
-- 16 bytes. No other column may hold a name, a number, an address or a message.

-- Single facts about this database.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,  -- high_water: latest time seen; ring: proves that the first key fits
    value ANY NOT NULL      -- a time, or a blind index
) STRICT, WITHOUT ROWID;

-- Keys that may have sealed something here; opening refuses when one is missing from the ring.
CREATE TABLE seal_keys (
    kid TEXT PRIMARY KEY,   -- eight hex digits
    since REAL NOT NULL     -- when it first sealed here
) STRICT, WITHOUT ROWID;

-- Updates handled already: a repeat has no effect.
CREATE TABLE seen (
    key TEXT PRIMARY KEY,   -- platform, bot and update id
    at REAL NOT NULL        -- when it was handled; retention counts from here
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_age ON seen (at);  -- purge: oldest marks first

-- Where each chat stands.
CREATE TABLE conversations (
    chat TEXT PRIMARY KEY,  -- channel and chat id
    turn INTEGER NOT NULL,  -- turns taken so far; never falls back, buttons are bound to it
    said_at REAL NOT NULL,  -- last bubble; buttons age from here, abandoned answers too
    lang TEXT NOT NULL,     -- language the chat is spoken to in
    flow TEXT NOT NULL,     -- running procedure, '' at the menu
    version INTEGER NOT NULL,  -- of that procedure's table when it began
    state TEXT NOT NULL,    -- its state
    run INTEGER NOT NULL,   -- which run of a procedure this is in the chat
    account BLOB,           -- blind index of the account spoken of
    memo BLOB NOT NULL      -- sealed answers so far; empty when there are none
) STRICT;

-- One-time codes: what was issued and what became of it, never the digits.
CREATE TABLE challenges (
    chat TEXT NOT NULL,
    run INTEGER NOT NULL,
    slot TEXT NOT NULL,     -- which of the run's codes
    purpose TEXT NOT NULL,  -- what a right code allows
    account BLOB NOT NULL,  -- blind index
    destination BLOB NOT NULL,  -- blind index of the phone or address
    counter INTEGER NOT NULL,   -- codes issued; only the newest counts
    sent_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    tries INTEGER NOT NULL, -- evaluated guesses; never falls
    used_at REAL,           -- set once
    void_at REAL,           -- set once
    decoy INTEGER NOT NULL, -- 1: nobody on file, never accepted
    PRIMARY KEY (chat, run, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_of_account ON challenges (account);  -- voiding all codes of an account
CREATE INDEX challenges_by_age ON challenges (expires_at);   -- purge

-- The registry: who has an account.
CREATE TABLE members (
    id INTEGER PRIMARY KEY, -- order of insertion; the export pages along it
    account BLOB NOT NULL UNIQUE,  -- blind index of the BHXH number; look-up and upsert
    national_idx BLOB,      -- blind index of the personal number, if on file
    phone_idx BLOB,         -- blind index of the phone, if on file
    email_idx BLOB,         -- blind index of the address in lower case, if on file
    personal BLOB NOT NULL, -- sealed: all personal fields as one JSON object
    state TEXT NOT NULL,    -- active, or why not
    password_hash TEXT NOT NULL,  -- Argon2, '' when never set here
    password_until REAL,    -- end of a temporary password
    must_change INTEGER NOT NULL  -- 1: to be changed at the next sign-in
) STRICT;
-- Look-up by personal number; two accounts cannot share one.
CREATE UNIQUE INDEX members_by_national ON members (national_idx)
    WHERE national_idx IS NOT NULL;
-- How many accounts share a phone or an address (families do), when one of them is changed.
CREATE INDEX members_by_phone ON members (phone_idx) WHERE phone_idx IS NOT NULL;
CREATE INDEX members_by_email ON members (email_idx) WHERE email_idx IS NOT NULL;

-- Answers to consent questions; kept as evidence.
CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    chat TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted INTEGER NOT NULL,  -- 1 yes, 0 no
    wording TEXT NOT NULL,  -- which text was agreed to
    at REAL NOT NULL
) STRICT;

-- What was heard and said, turn by turn.
CREATE TABLE transcript (
    chat TEXT NOT NULL,
    turn INTEGER NOT NULL,
    at REAL NOT NULL,
    state TEXT NOT NULL,    -- where the chat stood after it
    words BLOB NOT NULL,    -- sealed: of both sides
    PRIMARY KEY (chat, turn)
) STRICT;
CREATE INDEX transcript_by_age ON transcript (at);  -- purge

-- Audit chain: append-only, without a gap, each record authenticated together with its past.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    who TEXT NOT NULL,      -- chat, officer or process
    account BLOB,           -- blind index
    detail TEXT NOT NULL,   -- never a personal datum
    mac BLOB NOT NULL       -- HMAC-SHA-256 over the former mac and this record
) STRICT;

-- The newest record's number and mac, authenticated: a cut-off tail shows.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    mac BLOB NOT NULL,
    proof BLOB NOT NULL     -- HMAC-SHA-256 over both
) STRICT;

-- Messages that must leave, or have left.
CREATE TABLE outbound (
    id INTEGER PRIMARY KEY, -- order of writing; messages of one lane leave in it
    ref TEXT NOT NULL,      -- idempotency key, the same on every try
    lane TEXT NOT NULL,     -- never an address in clear
    channel TEXT NOT NULL,
    letter BLOB,            -- sealed: address and body; erased when the message is settled
    due REAL NOT NULL,      -- when the next try is due
    dies_at REAL NOT NULL,  -- worthless after this
    chat TEXT NOT NULL,     -- with run and slot: the challenge whose code goes in
    run INTEGER NOT NULL,
    slot TEXT NOT NULL,     -- '' when there is none
    counter INTEGER NOT NULL,
    created_at REAL NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'dead')),
    fence INTEGER NOT NULL DEFAULT 0,  -- number of the newest claim
    tries INTEGER NOT NULL DEFAULT 0,
    leased_until REAL NOT NULL DEFAULT 0,  -- claimed by somebody until then
    ended_at REAL           -- settled; retention counts from here
) STRICT;
CREATE INDEX outbound_due ON outbound (due) WHERE status = 'waiting';  -- claim, backlog
-- Claim: is an older message of the lane still waiting?
CREATE INDEX outbound_lane ON outbound (lane, id) WHERE status = 'waiting';
CREATE INDEX outbound_by_age ON outbound (ended_at) WHERE ended_at IS NOT NULL;  -- purge

-- Every try to send, written before it is made.
CREATE TABLE attempts (
    outbound INTEGER NOT NULL REFERENCES outbound (id) ON DELETE CASCADE,
    fence INTEGER NOT NULL, -- the claim it was made under
    try INTEGER NOT NULL,   -- 1 is the first
    at REAL NOT NULL,       -- when it began
    owner TEXT NOT NULL,    -- process that made it
    ended_at REAL,          -- NULL: under way, or cut off
    sender TEXT NOT NULL DEFAULT '',  -- which way out took it
    verdict TEXT NOT NULL DEFAULT 'started',  -- then sent, dead or waiting
    detail TEXT NOT NULL DEFAULT '',  -- cause or receipt, never text or address
    PRIMARY KEY (outbound, fence)
) STRICT, WITHOUT ROWID;

-- Hits on limits, per key and slice of time.
CREATE TABLE tallies (
    key BLOB NOT NULL,      -- keyed hash of what is limited
    slice INTEGER NOT NULL, -- number of the slice; 0: a streak, which no time ends
    n INTEGER NOT NULL,
    at REAL NOT NULL,       -- first hit; retention counts from here
    PRIMARY KEY (key, slice)
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_by_age ON tallies (at) WHERE slice > 0;  -- purge

-- One-time web pages.
CREATE TABLE pages (
    token_hash BLOB PRIMARY KEY,
    chat TEXT NOT NULL,
    run INTEGER NOT NULL,
    account BLOB NOT NULL,  -- blind index
    purpose TEXT NOT NULL,
    expires_at REAL NOT NULL,
    used_at REAL            -- set once
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_by_age ON pages (expires_at);  -- purge

-- Chats that proved an account by a code; they are told of later changes.
CREATE TABLE links (
    account BLOB NOT NULL,  -- blind index
    chat TEXT NOT NULL,
    at REAL NOT NULL,       -- newest proof
    PRIMARY KEY (account, chat)
) STRICT, WITHOUT ROWID;

-- Citizens who asked for a person.
CREATE TABLE hand_overs (
    id INTEGER PRIMARY KEY,
    chat TEXT NOT NULL,
    at REAL NOT NULL,
    flow TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Events that could not be handled even alone; for a person to look at.
CREATE TABLE set_aside (
    key TEXT PRIMARY KEY,   -- the update's key
    chat TEXT NOT NULL,
    at REAL NOT NULL,
    error TEXT NOT NULL,    -- kind of error, never its data
    payload BLOB NOT NULL   -- sealed event
) STRICT, WITHOUT ROWID;
CREATE INDEX set_aside_by_age ON set_aside (at);  -- purge
