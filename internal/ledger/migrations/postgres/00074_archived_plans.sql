-- +goose Up
ALTER TABLE plans ADD COLUMN archived_at TIMESTAMPTZ; -- plan clock; null while it stands in everyday lists
