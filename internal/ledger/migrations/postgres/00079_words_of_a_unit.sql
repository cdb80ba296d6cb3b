-- +goose Up
-- The words of one unit's tasks are looked up by task. outlook_words_of cannot serve that: other tables compare tasks byte
-- by byte and outlook_words by the database's collation, so that a unit's search went through the words of all tasks.
CREATE INDEX outlook_words_seat ON outlook_words (plan, task COLLATE "C");
