-- People who work at the console. For times, "sealed" and hashes see the first schema.

-- Who may sign in.
CREATE TABLE staff (
    name text COLLATE "C" PRIMARY KEY,  -- what they sign in with, and the officer's name everywhere
    role text NOT NULL,     -- what they may do
    state text NOT NULL,    -- invited, active, disabled
    changed_at double precision NOT NULL,
    password_hash text NOT NULL,  -- Argon2, '' until they have enrolled
    totp bytea NOT NULL,    -- sealed secret of their one-time codes; empty until they have enrolled
    step bigint NOT NULL,   -- last time step whose code was taken
    invite bytea NOT NULL,  -- hash of the secret to enrol with; empty when there is none
    invite_until double precision NOT NULL
);
CREATE UNIQUE INDEX staff_by_invite ON staff (invite) WHERE invite <> ''::bytea;  -- enrolment

-- Who is signed in.
CREATE TABLE sessions (
    mark bytea PRIMARY KEY, -- hash of what the browser holds
    name text COLLATE "C" NOT NULL,
    begun_at double precision NOT NULL,  -- retention counts from here
    seen_at double precision NOT NULL
);
CREATE INDEX sessions_of ON sessions (name);  -- ending all of somebody
CREATE INDEX sessions_by_age ON sessions (begun_at);  -- purge

-- How far each of them has read a conversation, and whether they are at it now.
CREATE TABLE looks (
    chat text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    turn bigint NOT NULL,   -- last turn they have seen; never falls
    seen_at double precision NOT NULL,  -- retention counts from here
    typing_at double precision NOT NULL,  -- 0: has not written yet
    PRIMARY KEY (chat, name)
) WITH (fillfactor = 80);
CREATE INDEX looks_by_age ON looks (seen_at);  -- purge, who is at it now
