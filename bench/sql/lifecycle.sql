SELECT count(*) FROM (
  SELECT person_id FROM events WHERE app_id = 1 AND event = 'Product Added' AND occurred_at <= $now
  GROUP BY person_id
  HAVING count_if(occurred_at > $now - 1209600000) = 0
    AND count_if(occurred_at > $now - 2419200000 AND occurred_at <= $now - 1209600000) > 0)
