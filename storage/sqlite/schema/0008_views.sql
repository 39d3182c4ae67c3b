-- What officers keep for themselves, and how citizens found their help. For times see the first schema.

-- Filters of the inbox under a name of the officer's own.
CREATE TABLE saved_views (
    officer TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,  -- as it stands in the address: view, procedure and channel
    at REAL NOT NULL,
    PRIMARY KEY (officer, name)
) STRICT, WITHOUT ROWID;

-- How the citizen found it, once the bot had the conversation back.
ALTER TABLE hand_overs ADD COLUMN rating TEXT NOT NULL DEFAULT '';  -- good, fair, poor; '': none
-- The newest of a chat that has ended, to be rated.
CREATE INDEX hand_overs_ended ON hand_overs (chat, id) WHERE ended_at IS NOT NULL;
