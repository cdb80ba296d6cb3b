-- A message takes with it what earlier ones could not say to the same person, and what
-- is never said alone. Same number, same meaning in the other folder.
-- +goose Up
CREATE INDEX digests_open ON digests (unit, speak_at) WHERE gathered_at IS NULL;
CREATE INDEX notices_riding ON notices (plan, unit) WHERE state = 'rides';
CREATE INDEX messages_undelivered ON messages (digest) WHERE state = 'undelivered';
