-- Old rows are filled up to the position filled, and end at until (``history_places_duckdb``).
ALTER TABLE events ADD COLUMN longitude BIGINT;

CREATE TABLE place_fill (
    until BIGINT NOT NULL,
    filled BIGINT NOT NULL
);

INSERT INTO place_fill SELECT coalesce(max(position), 0), 0 FROM events;
