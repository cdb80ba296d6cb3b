-- What is needed to start lost workflows again. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE plans ADD COLUMN grace BIGINT NOT NULL DEFAULT 0; -- nanoseconds on the plan's clock before its audit cries; 0: 20 minutes
