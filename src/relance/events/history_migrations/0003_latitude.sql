-- Where an event happened, in millionths of a degree: NULL of one that tells no place, and of old rows until they are filled.
-- A step makes one column, since DuckDB holds it in memory until the step is over.
ALTER TABLE events ADD COLUMN latitude BIGINT;
