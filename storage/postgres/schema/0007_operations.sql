-- What operators have set. For times see the first schema.

-- Procedures, guides and channels switched off, the notice in the menu, days with other hours.
CREATE TABLE switches (
    name text COLLATE "C" PRIMARY KEY,  -- flow:…, guide:…, channel:…, surge, day:YYYY-MM-DD
    value text NOT NULL,    -- the hours of a day, '' otherwise
    vi text NOT NULL,       -- what citizens are told; never a personal datum
    en text NOT NULL,
    until double precision NOT NULL,  -- 0: until it is taken back
    who text NOT NULL,
    at double precision NOT NULL
);

-- Whether a letter that could not be delivered stays until it is worthless, to be sent again.
ALTER TABLE outbound ADD COLUMN keep bigint NOT NULL DEFAULT 0;
-- Purge: such letters that are worthless now.
CREATE INDEX outbound_kept ON outbound (dies_at) WHERE status = 'dead' AND letter IS NOT NULL;
-- What failed, newest first, for whoever looks after deliveries.
CREATE INDEX outbound_dead ON outbound (id) WHERE status = 'dead';
