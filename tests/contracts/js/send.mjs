// What a server would send with @segment/analytics-node; only the host is not Segment's.
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: process.env.WRITE_KEY, host: process.env.HOST, flushAt: 10 })
const failures = []
analytics.on('error', (error) => failures.push(error))

const timestamp = new Date('2026-01-05T10:20:30.400Z')
const userId = 'node-user'
analytics.identify({ userId, traits: { email: 'zoe@example.com', plan: 'pro' }, messageId: 'node-1' })
analytics.track({
  userId,
  event: 'Order Completed',
  properties: { order_id: 'o-1', total: 12.5, note: 'Zoë 🎈' },
  context: { device: { token: 'push-token', type: 'ios' } },
  timestamp,
  messageId: 'node-2',
})
analytics.page({ userId, category: 'Docs', name: 'Home', properties: { url: 'https://shop.example/' }, messageId: 'node-3' })
analytics.screen({ anonymousId: 'node-visitor', name: 'Start', messageId: 'node-4' })
analytics.group({ userId, groupId: 'g-1', traits: { employees: 3 }, messageId: 'node-5' })
analytics.alias({ userId, previousId: 'node-visitor', messageId: 'node-6' })
for (let number = 0; number < 25; number++) {
  analytics.track({ anonymousId: 'node-visitor', event: 'Product Viewed', properties: { number } })
}
await analytics.closeAndFlush({ timeout: 30_000 })
if (failures.length > 0) {
  console.error(failures)
  process.exit(1)
}
