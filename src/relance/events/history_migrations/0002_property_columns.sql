-- Who reads which property of which events from columns, in the order in which the paths got their place; old rows are written
-- up to the position filled, and end at until.
CREATE TABLE property_uses (
    place INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    app_id INTEGER NOT NULL,
    event VARCHAR NOT NULL,
    until BIGINT NOT NULL,
    filled BIGINT NOT NULL
);
