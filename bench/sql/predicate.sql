SELECT count(*) FROM (
  SELECT person_id FROM events
  WHERE app_id = 1 AND event = 'Order Completed' AND occurred_at > $now - 2592000000 AND occurred_at <= $now
    AND p_price_876d9bf6_number > 90
  GROUP BY person_id HAVING count(*) >= 1)
