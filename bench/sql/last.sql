SELECT count(*) FROM (
  SELECT person_id FROM events WHERE app_id = 1 AND event = 'Order Completed' AND occurred_at <= $now
  GROUP BY person_id HAVING max(occurred_at) <= $now - 5184000000)
