/**
 * Lets the same change run once at a time. A page that was busy hears two clicks one after the other, before it has drawn
 * the button that waits: both mean one change.
 */
export function onceAtATime<V, T>(run: (value: V) => Promise<T>): (value: V) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (value) => {
    const key = JSON.stringify(value) ?? "";
    const before = underWay.get(key);
    if (before !== undefined) return before;
    const running = run(value).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };
}
