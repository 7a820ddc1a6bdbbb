SELECT count(*) FROM (
  SELECT person_id FROM (
    SELECT person_id, p_delivery_263f8c01_text AS delivery,
      row_number() OVER (PARTITION BY person_id ORDER BY occurred_at DESC) AS rank
    FROM events WHERE app_id = 1 AND event = 'message_sent' AND occurred_at <= $now) AS received
  LEFT JOIN (
    SELECT DISTINCT person_id, p_delivery_263f8c01_text AS delivery FROM events
    WHERE app_id = 1 AND event IN ('message_opened', 'message_clicked') AND occurred_at <= $now) AS opened
  USING (person_id, delivery)
  WHERE rank <= 2
  GROUP BY person_id HAVING count(*) = 2 AND count(opened.person_id) = 0)
