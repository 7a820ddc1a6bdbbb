-- Rows lie by app, event and person: what a condition on behaviour reads is one stretch. An insert of one block is one part, whole
-- or not at all, for the table has no partitions that it could be divided by. Inserts and merges of parts wait for the disk.
CREATE TABLE IF NOT EXISTS events (
    app_id Int32,
    event LowCardinality(String),
    person_id Int64,
    occurred_at Int64 CODEC(Delta, ZSTD),
    received_at Int64 CODEC(Delta, ZSTD),
    partition Int32,
    position Int64 CODEC(Delta, ZSTD),
    message_hash UInt64 CODEC(NONE),
    message_id String,
    kind LowCardinality(String),
    late Bool,
    properties String CODEC(ZSTD),
    context String CODEC(ZSTD),
    anonymous_id String,
    user_id String,
    INDEX of_position position TYPE minmax GRANULARITY 1,
    INDEX of_message message_hash TYPE bloom_filter GRANULARITY 4
) ENGINE = MergeTree ORDER BY (app_id, event, person_id, occurred_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS merged (
    app_id Int32,
    from_id Int64,
    into_id Int64,
    partition Int32,
    position Int64
) ENGINE = MergeTree ORDER BY (app_id, from_id, position)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
