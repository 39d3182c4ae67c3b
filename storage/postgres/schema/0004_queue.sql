-- Requests for a person become a queue. For times see the first schema.

-- Who has taken it.
ALTER TABLE hand_overs ADD COLUMN officer text NOT NULL DEFAULT '';  -- '' until somebody has
-- When that was.
ALTER TABLE hand_overs ADD COLUMN taken_at double precision;
-- When the bot got the conversation back.
ALTER TABLE hand_overs ADD COLUMN ended_at double precision;  -- retention counts from here

-- Until now nobody read them; of each chat's the newest goes on waiting.
UPDATE hand_overs SET ended_at = at
WHERE id NOT IN (SELECT max(id) FROM hand_overs GROUP BY chat);
-- A chat has one open request.
CREATE UNIQUE INDEX hand_overs_open ON hand_overs (chat) WHERE ended_at IS NULL;
-- The queue, and places in it.
CREATE INDEX hand_overs_queue ON hand_overs (at, chat) WHERE ended_at IS NULL AND officer = '';
CREATE INDEX hand_overs_by_age ON hand_overs (ended_at) WHERE ended_at IS NOT NULL;  -- purge
