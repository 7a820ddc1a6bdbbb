-- Compression is set where the choice is clear: trying every method on every column takes three times the CPU of a
-- checkpoint. Ids are random, so nothing makes them smaller; JSON goes to zstd.
CREATE TABLE events (
    app_id INTEGER NOT NULL,
    event VARCHAR NOT NULL,
    person_id BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    partition INTEGER NOT NULL,
    position BIGINT NOT NULL,
    message_hash UBIGINT NOT NULL USING COMPRESSION uncompressed,
    message_id VARCHAR NOT NULL USING COMPRESSION uncompressed,
    kind VARCHAR NOT NULL,
    late BOOLEAN NOT NULL,
    properties VARCHAR NOT NULL USING COMPRESSION zstd,
    context VARCHAR NOT NULL USING COMPRESSION zstd,
    anonymous_id VARCHAR NOT NULL USING COMPRESSION uncompressed,
    user_id VARCHAR NOT NULL USING COMPRESSION uncompressed
);

CREATE TABLE merged (
    app_id INTEGER NOT NULL,
    from_id BIGINT NOT NULL,
    into_id BIGINT NOT NULL,
    partition INTEGER NOT NULL,
    position BIGINT NOT NULL
);
