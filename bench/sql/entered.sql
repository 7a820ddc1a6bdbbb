SELECT count(DISTINCT person_id) FROM (
  SELECT person_id, occurred_at, inside,
    lag(inside, 1, false) OVER (PARTITION BY person_id ORDER BY occurred_at, position) AS was_inside
  FROM (
    SELECT person_id, occurred_at, position,
      latitude BETWEEN 44160000 AND 44520000 AND longitude BETWEEN 2707000 AND 3213000
        AND 2 * 6371008.8 * asin(sqrt(
          pow(sin(radians((latitude - 44340000) / 2e6)), 2)
          + cos(radians(44.34)) * cos(radians(latitude / 1e6)) * pow(sin(radians((longitude - 2960000) / 2e6)), 2))) <= 20000 AS inside
    FROM events WHERE app_id = 1 AND latitude IS NOT NULL AND occurred_at <= $now))
WHERE inside AND NOT was_inside AND occurred_at > $now - 2592000000
