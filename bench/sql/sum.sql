SELECT count(*) FROM (
  SELECT person_id FROM events
  WHERE app_id = 1 AND event = 'Order Completed' AND occurred_at > $now - 2592000000 AND occurred_at <= $now
  GROUP BY person_id HAVING sum(CAST(json_extract_string(properties, '$.price') AS DOUBLE)) >= 100)
