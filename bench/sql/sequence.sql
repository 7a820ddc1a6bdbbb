SELECT count(DISTINCT person_id) FROM (
  SELECT person_id, event, occurred_at,
    min(CASE WHEN event = 'Order Completed' THEN occurred_at END) OVER (
      PARTITION BY person_id, p_cart_id_8f908b8f_text ORDER BY occurred_at, position
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS bought_at
  FROM events
  WHERE app_id = 1 AND event IN ('Product Added', 'Order Completed')
    AND occurred_at > $now - 604800000 AND occurred_at <= $now)
WHERE event = 'Product Added' AND occurred_at + 7200000 <= $now AND (bought_at IS NULL OR bought_at > occurred_at + 7200000)
