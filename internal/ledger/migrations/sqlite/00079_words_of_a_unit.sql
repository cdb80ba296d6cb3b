-- +goose Up
-- An index for PostgreSQL alone: SQLite compares all tasks alike, and has it in outlook_words_of.
SELECT 1;
