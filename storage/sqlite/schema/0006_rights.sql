-- What people may ask of their own data. For times, "sealed" and "blind index" see the first schema.

-- Half of the key that the chat's answers and its transcript are sealed with; the other half is in
-- the key file. Empty: that key alone. Never in a copy: see `storage/halves.py`.
ALTER TABLE conversations ADD COLUMN half BLOB NOT NULL DEFAULT x'';

-- Requests about one's own data, and what became of them; kept as evidence.
CREATE TABLE rights (
    ref TEXT PRIMARY KEY,
    kind TEXT NOT NULL,     -- export, erase
    chat TEXT NOT NULL,     -- whose conversation it is about
    account BLOB NOT NULL,  -- blind index
    lang TEXT NOT NULL,     -- language it is answered in
    asked_at REAL NOT NULL, -- retention counts from here
    answer_by REAL NOT NULL,   -- the law's clocks
    finish_by REAL NOT NULL,
    answered_at REAL,       -- set once
    applies_at REAL,        -- erase: when; NULL: another officer has to approve it
    ended_at REAL,          -- set once
    ended_as TEXT NOT NULL, -- '' as long as it is open, then done or refused
    asked_by TEXT NOT NULL, -- officer; '' when the citizen did
    approved_by TEXT NOT NULL,
    counts TEXT NOT NULL,   -- what was erased: categories and numbers as JSON
    why BLOB NOT NULL       -- sealed: the officer's reason
) STRICT;
CREATE INDEX rights_of_account ON rights (account, asked_at);  -- look-up
CREATE INDEX rights_open ON rights (finish_by) WHERE ended_at IS NULL;  -- the officers' list
CREATE INDEX rights_due ON rights (applies_at) WHERE ended_at IS NULL AND applies_at IS NOT NULL;
CREATE INDEX rights_by_age ON rights (asked_at) WHERE ended_at IS NOT NULL;  -- purge

CREATE INDEX consents_of_chat ON consents (chat, id);  -- the newest answer for each purpose
