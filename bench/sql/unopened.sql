WITH received AS (
  SELECT person_id, occurred_at, p_delivery_263f8c01_text AS delivery FROM events
  WHERE app_id = 1 AND event = 'message_sent' AND occurred_at <= $now),
opened AS (
  SELECT person_id, p_delivery_263f8c01_text AS delivery FROM events
  WHERE app_id = 1 AND event BETWEEN 'message_clicked' AND 'message_opened' AND event IN ('message_opened', 'message_clicked')
    AND occurred_at <= $now),
looked AS (SELECT person_id, max(occurred_at) AS instant FROM received SEMI JOIN opened USING (person_id, delivery) GROUP BY person_id)
SELECT count(*) FROM (
  SELECT person_id FROM received LEFT JOIN looked USING (person_id) WHERE occurred_at > coalesce(instant, 0)
  GROUP BY person_id HAVING count(*) >= 2)
