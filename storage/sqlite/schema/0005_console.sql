-- People who work at the console. For times, "sealed" and hashes see the first schema.

-- Who may sign in.
CREATE TABLE staff (
    name TEXT PRIMARY KEY,  -- what they sign in with, and the officer's name everywhere
    role TEXT NOT NULL,     -- what they may do
    state TEXT NOT NULL,    -- invited, active, disabled
    changed_at REAL NOT NULL,
    password_hash TEXT NOT NULL,  -- Argon2, '' until they have enrolled
    totp BLOB NOT NULL,     -- sealed secret of their one-time codes; empty until they have enrolled
    step INTEGER NOT NULL,  -- last time step whose code was taken
    invite BLOB NOT NULL,   -- hash of the secret to enrol with; empty when there is none
    invite_until REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX staff_by_invite ON staff (invite) WHERE invite <> x'';  -- enrolment

-- Who is signed in.
CREATE TABLE sessions (
    mark BLOB PRIMARY KEY,  -- hash of what the browser holds
    name TEXT NOT NULL,
    begun_at REAL NOT NULL, -- retention counts from here
    seen_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (name);  -- ending all of somebody
CREATE INDEX sessions_by_age ON sessions (begun_at);  -- purge

-- How far each of them has read a conversation, and whether they are at it now.
CREATE TABLE looks (
    chat TEXT NOT NULL,
    name TEXT NOT NULL,
    turn INTEGER NOT NULL,  -- last turn they have seen; never falls
    seen_at REAL NOT NULL,  -- retention counts from here
    typing_at REAL NOT NULL,  -- 0: has not written yet
    PRIMARY KEY (chat, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX looks_by_age ON looks (seen_at);  -- purge, who is at it now
