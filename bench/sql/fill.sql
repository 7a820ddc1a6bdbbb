INSERT INTO events (
  app_id, event, person_id, occurred_at, received_at, partition, position, message_hash, message_id, kind, late, properties,
  context, anonymous_id, user_id, latitude, longitude)
SELECT
  1,
  event,
  person,
  instant,
  instant,
  0,
  place,
  hash($first + i),
  'm' || i,
  'track',
  false,
  '{"price":' || (i * 7919 % 100) || ',"cart_id":"c' || (i * 31 % 5) || '","category":"k' || (i % 7)
    || CASE WHEN event = 'Product Added'
         THEN '","due":"' || strftime(make_timestamp((instant + 86400000 * (i % 60 - 30)) * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')
         WHEN event IN ('message_sent', 'message_opened') THEN '","delivery":"d' || (i * 17 % 10)
         ELSE '' END
    || '"}',
  CASE WHEN place % 10 = 0 THEN '{"location":{"latitude":' || (north / 1e6) || ',"longitude":' || (east / 1e6) || '}}' ELSE '{}' END,
  '',
  '',
  CASE WHEN place % 10 = 0 THEN north END,
  CASE WHEN place % 10 = 0 THEN east END
FROM (
  -- Every tenth event tells where it happened: about one of 50 towns, its person's own six times out of seven.
  SELECT *,
    42000000 + town * 13 % 50 * 180000 + place * 7919 % 200003 - 100000 AS north,
    -4000000 + town * 29 % 50 * 240000 + place * 104729 % 200003 - 100000 AS east
  FROM (
    SELECT *, CASE WHEN place % 70 = 0 THEN place // 70 ELSE person END % 50 AS town
    FROM (
      SELECT i, $first + i + 1 AS place, $start + ($first + i + 1) * $span // $events AS instant,
        1 + floor($people * power(random(), 2))::BIGINT AS person,
        ([ 'Product Viewed', 'Product Added', 'Order Completed', 'Search' ]
          || list_transform(range(12), lambda number: 'Event ' || number)
          || [ 'session_started', 'message_sent', 'message_opened', 'Event 15' ])[1 + least(19, floor(20 * power(random(), 2))::INTEGER)]
          AS event
      FROM range($count) AS chunk(i))))
