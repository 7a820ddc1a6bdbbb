-- Where an event happened, in millionths of a degree: NULL of one that tells no place. It is inserted with each row; of rows that are
-- older than the column the server computes it, as ``core.places`` does.
ALTER TABLE events ADD COLUMN IF NOT EXISTS latitude Nullable(Int64) DEFAULT
    if(JSONType(context, 'location', 'latitude') IN ('Int64', 'UInt64', 'Double') AND JSONType(context, 'location', 'longitude') IN ('Int64', 'UInt64', 'Double')
        AND JSONExtractFloat(context, 'location', 'latitude') BETWEEN -90 AND 90 AND JSONExtractFloat(context, 'location', 'longitude') BETWEEN -180 AND 180,
        toInt64(floor(JSONExtractFloat(context, 'location', 'latitude') * 1000000 + 0.5)), NULL) CODEC(ZSTD);
