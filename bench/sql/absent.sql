SELECT count(*) FROM (SELECT DISTINCT person_id FROM events WHERE app_id = 1) AS everybody
ANTI JOIN (
  SELECT person_id FROM events
  WHERE app_id = 1 AND event = 'Order Completed' AND occurred_at > $now - 2592000000 AND occurred_at <= $now) AS buyers
USING (person_id)
