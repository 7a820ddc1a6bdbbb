SELECT count(*) FROM (
  SELECT person_id FROM events
  WHERE app_id = 1 AND event = 'Product Added' AND occurred_at > $now - 2592000000 AND occurred_at <= $now
  GROUP BY person_id HAVING count(DISTINCT p_category_c2ba67c8_text) >= 2)
