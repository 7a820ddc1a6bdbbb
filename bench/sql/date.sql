SELECT count(*) FROM (
  SELECT person_id FROM events
  WHERE app_id = 1 AND event = 'Product Added' AND occurred_at > $now - 2592000000 AND occurred_at <= $now
    AND TRY_CAST(p_due_7bc4982c_text AS TIMESTAMP) >= TIMESTAMP '2026-09-20'
  GROUP BY person_id HAVING count(*) >= 1)
