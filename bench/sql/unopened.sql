WITH received AS (
  SELECT person_id, (occurred_at::HUGEINT << 62) + position AS place, p_delivery_263f8c01_text AS delivery FROM events
  WHERE app_id = 1 AND event = 'message_sent' AND occurred_at <= $now),
opened AS (
  SELECT person_id, p_delivery_263f8c01_text AS delivery FROM events
  WHERE app_id = 1 AND event BETWEEN 'message_clicked' AND 'message_opened' AND event IN ('message_opened', 'message_clicked')
    AND occurred_at <= $now),
looked AS (SELECT person_id, max(place) AS place FROM received SEMI JOIN opened USING (person_id, delivery) GROUP BY person_id)
SELECT count(*) FROM (
  SELECT person_id FROM received LEFT JOIN looked USING (person_id) WHERE received.place > coalesce(looked.place, 0)
  GROUP BY person_id HAVING count(*) >= 2)
