-- What citizens ask for beyond a password: changes of a contact, and dossiers. For times, "sealed"
-- and "blind index" see the first schema.

-- Since when an account has been in its state.
ALTER TABLE members ADD COLUMN state_at REAL;  -- NULL: never changed here

-- Changes of a contact, from the decision on; kept as evidence.
CREATE TABLE changes (
    ref TEXT PRIMARY KEY,
    account BLOB NOT NULL,  -- blind index
    field TEXT NOT NULL,    -- phone or email
    before BLOB NOT NULL,   -- sealed: the contact until then
    after BLOB NOT NULL,    -- sealed: the new one
    chat TEXT NOT NULL,     -- where it was asked for
    cause TEXT NOT NULL,    -- procedure that asked for it
    decided_at REAL NOT NULL,  -- retention counts from here
    applies_at REAL NOT NULL,  -- end of the hold
    applied_at REAL,        -- when the contact was really changed; set once
    undo_until REAL NOT NULL,
    undo_mark BLOB NOT NULL,   -- blind index of the undo code
    ended_at REAL,          -- set once
    ended_as TEXT NOT NULL  -- '' as long as it stands, then undone or refused
) STRICT;
CREATE INDEX changes_of_account ON changes (account, decided_at);  -- look-up, since a time
CREATE INDEX changes_by_mark ON changes (undo_mark);  -- look-up by undo code
-- Which holds are over.
CREATE INDEX changes_due ON changes (applies_at) WHERE applied_at IS NULL AND ended_at IS NULL;
CREATE INDEX changes_by_age ON changes (decided_at);  -- purge

-- Requests that officers finish.
CREATE TABLE dossiers (
    ref TEXT PRIMARY KEY,
    kind TEXT NOT NULL,     -- what is asked for
    account BLOB NOT NULL,  -- blind index
    chat TEXT NOT NULL,     -- where it was handed in, and is told about
    lang TEXT NOT NULL,     -- language it is told in
    state TEXT NOT NULL,
    version INTEGER NOT NULL,  -- counts up by one with every step
    is_open INTEGER NOT NULL,  -- 0: nothing can happen to it any more
    opened_at REAL NOT NULL,
    due_at REAL,
    paused_at REAL,         -- its time stands still since then
    form BLOB NOT NULL,     -- sealed: what was filled in
    closed_at REAL          -- when it ceased to be open; retention counts from here
) STRICT;
-- An account has one open dossier of a kind.
CREATE UNIQUE INDEX dossiers_open ON dossiers (account, kind) WHERE is_open = 1;
CREATE INDEX dossiers_of_account ON dossiers (account, opened_at);  -- look-up, newest first
CREATE INDEX dossiers_of_chat ON dossiers (chat, opened_at);  -- look-up, newest first
CREATE INDEX dossiers_by_state ON dossiers (state, due_at);  -- the officers' list
CREATE INDEX dossiers_by_age ON dossiers (closed_at) WHERE closed_at IS NOT NULL;  -- purge

-- Every step in the life of a dossier; append-only, purged with it.
CREATE TABLE edges (
    ref TEXT NOT NULL REFERENCES dossiers (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL,  -- of the dossier after it
    at REAL NOT NULL,
    source TEXT NOT NULL,   -- state before
    target TEXT NOT NULL,   -- state after
    who TEXT NOT NULL,      -- officer, or the part that the citizen or the bot had in it
    why BLOB NOT NULL,      -- sealed: the reason given
    PRIMARY KEY (ref, version)
) STRICT, WITHOUT ROWID;

-- Pictures that citizens sent, re-encoded.
CREATE TABLE photos (
    ref TEXT PRIMARY KEY,
    chat TEXT NOT NULL,     -- with run: what it was sent for
    run INTEGER NOT NULL,
    dossier TEXT NOT NULL,  -- '' until it is handed in
    at REAL NOT NULL,       -- when it came
    image BLOB NOT NULL     -- sealed
) STRICT;
CREATE INDEX photos_of_run ON photos (chat, run);  -- look-up, handing in
CREATE INDEX photos_of_dossier ON photos (dossier) WHERE dossier <> '';  -- look-up, purge
CREATE INDEX photos_by_age ON photos (at) WHERE dossier = '';  -- purge
