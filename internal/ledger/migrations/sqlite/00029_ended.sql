-- A plan whose year has been ended. Same number, same meaning in ../postgres.
-- +goose Up
ALTER TABLE plans ADD COLUMN ended_at TIMESTAMP; -- plan clock; null while it goes on
