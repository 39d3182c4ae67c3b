-- What citizens ask for beyond a password: changes of a contact, and dossiers. For times, "sealed"
-- and "blind index" see the first schema.

-- Since when an account has been in its state.
ALTER TABLE members ADD COLUMN state_at double precision;  -- NULL: never changed here

-- Changes of a contact, from the decision on; kept as evidence.
CREATE TABLE changes (
    ref text COLLATE "C" PRIMARY KEY,
    account bytea NOT NULL, -- blind index
    field text NOT NULL,    -- phone or email
    before bytea NOT NULL,  -- sealed: the contact until then
    after bytea NOT NULL,   -- sealed: the new one
    chat text NOT NULL,     -- where it was asked for
    cause text NOT NULL,    -- procedure that asked for it
    decided_at double precision NOT NULL,  -- retention counts from here
    applies_at double precision NOT NULL,  -- end of the hold
    applied_at double precision,  -- when the contact was really changed; set once
    undo_until double precision NOT NULL,
    undo_mark bytea NOT NULL,  -- blind index of the undo code
    ended_at double precision,  -- set once
    ended_as text NOT NULL  -- '' as long as it stands, then undone or refused
) WITH (fillfactor = 80);
CREATE INDEX changes_of_account ON changes (account, decided_at);  -- look-up, since a time
CREATE INDEX changes_by_mark ON changes (undo_mark);  -- look-up by undo code
-- Which holds are over.
CREATE INDEX changes_due ON changes (applies_at) WHERE applied_at IS NULL AND ended_at IS NULL;
CREATE INDEX changes_by_age ON changes (decided_at);  -- purge

-- Requests that officers finish.
CREATE TABLE dossiers (
    ref text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,     -- what is asked for
    account bytea NOT NULL, -- blind index
    chat text COLLATE "C" NOT NULL,  -- where it was handed in, and is told about
    lang text NOT NULL,     -- language it is told in
    state text COLLATE "C" NOT NULL,
    version bigint NOT NULL,  -- counts up by one with every step
    is_open smallint NOT NULL,  -- 0: nothing can happen to it any more
    opened_at double precision NOT NULL,
    due_at double precision,
    paused_at double precision,  -- its time stands still since then
    form bytea NOT NULL,    -- sealed: what was filled in
    closed_at double precision  -- when it ceased to be open; retention counts from here
) WITH (fillfactor = 80);
-- An account has one open dossier of a kind.
CREATE UNIQUE INDEX dossiers_open ON dossiers (account, kind) WHERE is_open = 1;
CREATE INDEX dossiers_of_account ON dossiers (account, opened_at);  -- look-up, newest first
CREATE INDEX dossiers_of_chat ON dossiers (chat, opened_at);  -- look-up, newest first
CREATE INDEX dossiers_by_state ON dossiers (state, due_at);  -- the officers' list
CREATE INDEX dossiers_by_age ON dossiers (closed_at) WHERE closed_at IS NOT NULL;  -- purge

-- Every step in the life of a dossier; append-only, purged with it.
CREATE TABLE edges (
    ref text COLLATE "C" NOT NULL
        REFERENCES dossiers (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    version bigint NOT NULL,  -- of the dossier after it
    at double precision NOT NULL,
    source text NOT NULL,   -- state before
    target text NOT NULL,   -- state after
    who text NOT NULL,      -- officer, or the part that the citizen or the bot had in it
    why bytea NOT NULL,     -- sealed: the reason given
    PRIMARY KEY (ref, version)
);

-- Pictures that citizens sent, re-encoded.
CREATE TABLE photos (
    ref text COLLATE "C" PRIMARY KEY,
    chat text COLLATE "C" NOT NULL,  -- with run: what it was sent for
    run bigint NOT NULL,
    dossier text COLLATE "C" NOT NULL,  -- '' until it is handed in
    at double precision NOT NULL,  -- when it came
    image bytea NOT NULL    -- sealed
);
CREATE INDEX photos_of_run ON photos (chat, run);  -- look-up, handing in
CREATE INDEX photos_of_dossier ON photos (dossier) WHERE dossier <> '';  -- look-up, purge
CREATE INDEX photos_by_age ON photos (at) WHERE dossier = '';  -- purge
