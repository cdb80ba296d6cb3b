-- How often workflows of a plan were mended of late is asked by every comparison. Same number, same meaning in ../postgres.
-- +goose Up
CREATE INDEX events_mended ON events (plan, real_at) WHERE kind = 'workflow.mended';
