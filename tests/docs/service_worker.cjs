// Runs the service worker of docs/how-to/web-push.md against events as browsers fire them, and prints what it did.
const vm = require('node:vm')
const { source, events } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const listeners = {}
const done = []
const self = {
  addEventListener: (kind, listener) => { listeners[kind] = listener },
  registration: { showNotification: async (title, options) => done.push(['show', title, options]) },
}
const scope = vm.createContext({
  self,
  fetch: async (url, options) => done.push([options.method, url]),
  clients: { openWindow: async (url) => done.push(['open', url]) },
})
vm.runInContext(source, scope)
const run = async () => {
  for (const [kind, given] of events) {
    const waited = []
    const event = { ...given, waitUntil: (promise) => waited.push(promise) }
    if ('json' in given) event.data = { json: () => given.json }
    if (given.notification) event.notification = { ...given.notification, close: () => done.push(['close']) }
    listeners[kind](event)
    await Promise.all(waited)
  }
  console.log(JSON.stringify(done))
}
run()
