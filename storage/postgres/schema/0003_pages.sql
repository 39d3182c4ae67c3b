-- One-time pages end together with the codes of their account.

CREATE INDEX pages_of_account ON pages (account) WHERE used_at IS NULL;  -- voiding
