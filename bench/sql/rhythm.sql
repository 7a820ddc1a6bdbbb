SELECT count(*) FROM (
  SELECT person_id FROM (
    SELECT person_id, occurred_at, rank,
      occurred_at - lead(occurred_at) OVER (PARTITION BY person_id ORDER BY rank) AS gap
    FROM (
      SELECT person_id, occurred_at, row_number() OVER (PARTITION BY person_id ORDER BY occurred_at DESC) AS rank
      FROM events WHERE app_id = 1 AND event = 'session_started' AND occurred_at <= $now)
    WHERE rank <= 21)
  WHERE gap IS NOT NULL
  GROUP BY person_id HAVING count(*) >= 3 AND max(occurred_at) + 3 * median(gap) < $now)
