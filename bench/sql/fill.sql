INSERT INTO events
SELECT
  1,
  ([ 'Product Viewed', 'Product Added', 'Order Completed', 'Search' ]
    || list_transform(range(16), lambda number: 'Event ' || number))[1 + least(19, floor(20 * power(random(), 2))::INTEGER)],
  1 + floor($people * power(random(), 2))::BIGINT,
  instant,
  instant,
  0,
  $first + i + 1,
  hash($first + i),
  'm' || i,
  'track',
  false,
  '{"price":' || (i * 7919 % 100) || ',"cart_id":"c' || (i * 31 % 5) || '","category":"k' || (i % 7) || '"}',
  '{}',
  '',
  ''
FROM (SELECT i, $start + ($first + i + 1) * $span // $events AS instant FROM range($count) AS chunk(i))
