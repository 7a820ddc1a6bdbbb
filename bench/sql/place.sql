SELECT count(*) FROM (
  SELECT arg_max(latitude, position) AS north, arg_max(longitude, position) AS east
  FROM events WHERE app_id = 1 AND latitude IS NOT NULL AND occurred_at <= $now GROUP BY person_id)
WHERE north BETWEEN 44160000 AND 44520000 AND east BETWEEN 2707000 AND 3213000
  AND 2 * 6371008.8 * asin(sqrt(
    pow(sin(radians((north - 44340000) / 2e6)), 2)
    + cos(radians(44.34)) * cos(radians(north / 1e6)) * pow(sin(radians((east - 2960000) / 2e6)), 2))) <= 20000
