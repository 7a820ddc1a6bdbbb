/** The builder of rules, in English. */
export const builderEn = {
  kinds: {
    behaviour: "What they did", trait: "What is known of them", sequence: "One thing, then another", lifecycle: "First time, stopped, resumed", rhythm: "Away longer than usual",
    message: "Messages received or opened", unopened: "Last messages left unopened", segment: "In another segment", list: "On a list", person: "Place, device, visits, origin", device: "Has a device that …", subscription: "A channel they can be reached on", consent: "What they agreed to", place: "Near a place, or in an area", entered: "Came into an area", bucket: "A random part",
  } as Record<string, string>,
  join: { all: "All of these hold", any: "At least one of these holds", none: "None of these holds", notall: "Not all of these hold" } as Record<string, string>,
  joints: { all: "and", any: "or", none: "nor", notall: "and" } as Record<string, string>,
  starters: "Begin with", starter: { cart: "Left a cart behind", buyers: "Bought in the last 30 days", lapsed: "Stopped buying", away: "Away longer than usual", tired: "Tired of messages" } as Record<string, string>,
  draftBack: "What you had typed here, and not saved, is back.", draftDrop: "Start afresh", removed: "The condition is removed.", removedGroup: "The group is removed.", undo: "Undo",
  joinLabel: "How these go together", group: "Group", condition: (n: number) => `Condition ${n}`, kind: "Kind of condition", add: "Add a condition", addGroup: "Add a group", remove: "Remove this condition", removeGroup: "Remove this group", not: "Not", notHelp: "Turn the condition into its contrary",
  valueKinds: { text: "text", number: "number", boolean: "yes or no", date: "date", list: "list" } as Record<string, string>,
  reach: (share: string, channel: string) => `${share} can be reached by ${channel}`, by: { email: "e-mail", web_push: "web push", mobile_push: "mobile push" } as Record<string, string>, reachNobody: "None of them has an address to write to.", showMore: "Who they are", hideSome: "Hide", some: "Among them:",
  costNothing: "It is ready at once, and people enter and leave the moment something happens.", cost: (bytes: string, events: string) => `Once created, it reads ${events} past events; from then on people enter and leave the moment something happens. The server keeps about ${bytes} for it.`,
  fill: "Fill this in.", edit: "Edit", editTitle: "Edit the segment", save: "Save the changes", saved: "Saved. People enter and leave at once.", announce: "Tell journeys and webhooks", announceHelp: "Off, nobody starts a journey because of this change: only what happens from now on does. On, those who enter and leave by it count as if they had just done so.",
  emptyGroup: "Nothing here yet: add a condition.", wrong: "This rule cannot be counted",
  event: "Event", aggregate: "What is counted", aggregates: {
    count: "how often", days: "on how many days", distinct: "how many different values", sum: "the sum", average: "the average", min: "the lowest", max: "the highest", first: "when first", last: "when last",
  } as Record<string, string>,
  ofProperty: "Of the property", days: "Days", values: "Values", amount: "Amount", compare: "Comparison", between: "between", from: "From", to: "To", and: "and", later: "at this moment or later", earlier: "at this moment or earlier",
  window: "When", windows: { ever: "ever, since the beginning", last: "in the last …", ago: "between … and … ago", calendar: "a day, week, month or year", dates: "between two dates", after_first: "in their first …" } as Record<string, string>,
  calendar: {
    today: "today", yesterday: "yesterday", this_week: "this week", last_week: "last week", this_month: "this month", last_month: "last month",
    this_quarter: "this quarter", last_quarter: "last quarter", this_year: "this year", last_year: "last year",
  } as Record<string, string>,
  period: "Period", zone: "Time zone", zoneHelp: "The app’s; or: person", zoneOwn: "Each one’s own; the app’s where it is not known", number: "Number", unit: "Unit", units: { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" } as Record<string, string>,
  longest: "From that long ago", shortest: "To that long ago", length: "How long", fromDate: "From the day", toDate: "Up to the day (not included)",
  where: "Only where", ofItem: "One item of the list fits all of this", addWhere: "Only where a property …", removeWhere: "Remove this test", property: "Property", propertyHelp: "cart.total looks inside cart", trait: "Trait", is: "Test", value: "Value", byDefault: "Where it is not known", byDefaultHelp: "The app’s country", valueHelp: "5 is a number, \"5\" a text", listHelp: "Enter after each one",
  moment: "Moment", moments: { ago: "… ago", in: "… from now", date: "a date" } as Record<string, string>, date: "Date", first: "First", then: "And then", absent: "What comes after", follows: { yes: "and then", no: "but not" } as Record<string, string>,
  within: "Within", on: "With the same", onHelp: "For example cart_id; may stay empty", stage: "What happened", stages: { first: "did it for the first time", stopped: "stopped doing it", resumed: "started again" } as Record<string, string>,
  times: "Times their usual gap between sessions", did: "What they did with it", dids: {
    received: "received", shown: "were shown", opened: "opened", clicked: "clicked", dismissed: "dismissed", converted: "converted after", unsubscribed: "unsubscribed through",
  } as Record<string, string>,
  message: "Message", anyMessage: "any message", journey: "Journey", anyJourney: "any journey", channel: "Channel", anyChannel: "any channel", last: "How many of the last", segment: "Segment", list: "List", fact: "What", facts: {
    country: "Country", region: "Region", city: "City", language: "Language", time_zone: "Time zone", device_type: "Device", os: "Operating system", os_version: "System version", app_version: "App version",
    first_seen: "First visit", last_seen: "Last activity", sessions: "Number of sessions", session_seconds: "Time in sessions (seconds)", average_session_seconds: "Usual session length (seconds)",
    source: "Acquisition source", medium: "Acquisition channel", campaign: "Acquisition campaign", aliases: "Kinds of ids", device_model: "Device model", device_manufacturer: "Device maker",
    country_source: "Who told the country", language_source: "Who told the language", time_zone_source: "Who told the time zone",
  } as Record<string, string>,
  state: "State", states: { subscribed: "is subscribed", unsubscribed: "has unsubscribed", opted_out: "has opted out", none: "has no address" } as Record<string, string>, reachable: { email: "E-mail", web_push: "Web push", mobile_push: "Mobile push" } as Record<string, string>,
  topic: "Topic", answer: "Answer", answers: { granted: "has agreed", denied: "has refused", unknown: "has never answered" } as Record<string, string>, version: "Version", fromPercent: "From per cent", toPercent: "To per cent", salt: "Name of the draw", saltHelp: "The same name draws the same people",
  area: "Area", areas: { circle: "a circle", polygon: "a polygon" } as Record<string, string>, latitude: "Latitude", longitude: "Longitude", radius: "Radius (metres)",
  corners: "Corners", cornersHelp: "A latitude and a longitude on each line, in the order of the outline; or a GeoJSON polygon, pasted here", cornersWrong: "At least three corners: a latitude and a longitude on each line, or a GeoJSON polygon of one ring.", cornersRead: (n: number) => `${n} corners`,
  help: {
    behaviour: "Counts one event", trait: "Plan, city, birthday…", sequence: "Added to cart, but did not order within 2 hours", lifecycle: "Changes of habit", rhythm: "Compared with their own habit", message: "Of a message, a journey, a channel", unopened: "Tired of messages", segment: "Builds on another rule", list: "People put together by hand", person: "As Relance made it out", device: "One of all their devices: iOS 17 or later with app 2.3 or later", subscription: "By address, and by what they said", consent: "By channel and topic", place: "By where they were last known to be", entered: "From one place told to the next", bucket: "For tests and holdouts",
  } as Record<string, string>,
};
