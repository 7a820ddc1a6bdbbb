INSERT INTO events
SELECT
  1,
  event,
  1 + floor($people * power(random(), 2))::BIGINT,
  instant,
  instant,
  0,
  $first + i + 1,
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
  '{}',
  '',
  ''
FROM (
  SELECT i, $start + ($first + i + 1) * $span // $events AS instant,
    ([ 'Product Viewed', 'Product Added', 'Order Completed', 'Search' ]
      || list_transform(range(12), lambda number: 'Event ' || number)
      || [ 'session_started', 'message_sent', 'message_opened', 'Event 15' ])[1 + least(19, floor(20 * power(random(), 2))::INTEGER)]
      AS event
  FROM range($count) AS chunk(i))
