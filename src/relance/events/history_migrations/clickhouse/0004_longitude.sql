-- Likewise; the 180th meridian is the one in the west. Then the server lays old parts out by itself.
ALTER TABLE events ADD COLUMN IF NOT EXISTS longitude Nullable(Int64) DEFAULT
    if(JSONType(context, 'location', 'latitude') IN ('Int64', 'UInt64', 'Double') AND JSONType(context, 'location', 'longitude') IN ('Int64', 'UInt64', 'Double')
        AND JSONExtractFloat(context, 'location', 'latitude') BETWEEN -90 AND 90 AND JSONExtractFloat(context, 'location', 'longitude') BETWEEN -180 AND 180,
        if(floor(JSONExtractFloat(context, 'location', 'longitude') * 1000000 + 0.5) = 180000000, -180000000,
            toInt64(floor(JSONExtractFloat(context, 'location', 'longitude') * 1000000 + 0.5))), NULL) CODEC(ZSTD);

ALTER TABLE events MATERIALIZE COLUMN latitude, MATERIALIZE COLUMN longitude SETTINGS mutations_sync = 0;
