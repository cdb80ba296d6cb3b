-- A plan whose year has been ended. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE plans ADD COLUMN ended_at TIMESTAMPTZ; -- plan clock; null while it goes on
