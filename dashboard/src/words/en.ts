/** English. The shape of this object is the dictionary's type: the other languages must have every entry. */
import { trust } from "./trust-en";
import { builderEn } from "./builder-en";
import { explainEn } from "./explain-en";
import type { Format } from "./format";
import { accountEn } from "./account-en";
import { consentEn } from "./consent-en";
import { creditEn } from "./credit-en";
import { listsEn } from "./lists-en";
import { objection, objectionsEn } from "./objections";
import { sawEn } from "./saw-en";
import { versionsEn } from "./versions-en";

export const en = (f: Format) => ({
  language: "English",
  objection: (message: string) => objection(message, objectionsEn, f.number),
  brandLine: "The right message, at the right moment, and proof of what it was worth.",
  common: {
    skip: "Skip to content", loading: "Loading…", retry: "Try again", failed: "This could not be loaded", cancel: "Cancel", save: "Save", saved: "Saved",
    archive: "Archive", archived: "archived", archivedToo: "Show archived", close: "Close", more: "Show more", copy: "Copy", copied: "Copied", name: "Name", created: "Created", changed: "Changed", state: "State", never: "never", none: "none",
    back: "Back", channel: "Channel", when: "When", unreachable: "The server cannot be reached. Is it running?", delete: "Delete", total: "total", person: "Person", yes: "yes", no: "no",
    stale: "Somebody changed this in the meantime. Load it again, then make your change.", actions: "Actions", anonymous: "Anonymous visitor", number: (n: number) => `Person ${n}`,
    nothingFound: "Nothing matches", all: "All", notThere: "There is no such page", notThereBody: "The address may be old, or what it named was deleted.",
  },
  nav: {
    main: "Main menu", overview: "Overview", people: "People", segments: "Segments", lists: "Lists", journeys: "Journeys", messages: "Messages", inbox: "Inbox", developers: "Developers",
    app: "App", menu: "Open or close the menu", light: "Light", dark: "Dark", system: "As the system", scheme: "Light or dark", language: "Language", signOut: "Sign out", account: "Your account", newApp: "New app…",
  },
  account: {
    setupTitle: "Set up Relance", setupBody: "You are the first one here. Make the operator's account that will run this server.", token: "Setup token",
    tokenHelp: "Printed in the terminal when the server first started.", email: "E-mail address", password: "Password", passwordHelp: "At least 10 characters; a short sentence is easy to remember.", yourName: "Your name",
    create: "Create the account", signInTitle: "Sign in", signIn: "Sign in", wrong: "That address and password do not go together.", appTitle: "Your first app", appBody: "An app keeps its own people, segments, journeys and keys. Name it after your product.",
    appName: "Name of the app", appCreate: "Create the app", otherApp: "New app",
  },
  sending: {
    stopped: "All sending is stopped for this app. Journeys go on; their messages are kept back with the reason “sending paused”.", resume: "Resume sending", stop: "Stop all sending",
    stopTitle: "Stop all sending?", stopBody: "No message leaves this app until you resume. What would have been sent meanwhile is recorded as kept back, and not sent later.", sendingOn: "Sending is on",
  },
  overview: {
    title: "Overview", people: "People", events: "Events", lastEvent: "the last", lag: "Waiting to settle", lagDetail: "commits of the log not counted yet", settled: "Up to date", settledDetail: "everything received is counted", late: (span: string) => `Segments are ${span} behind`, lateBody: "The oldest event that was received, or window that closed, is not counted yet after that time. Who is in a segment may be out of date; nothing is lost. If it lasts, look at the server’s load and log.", gone: "Nothing is being counted at the moment", goneBody: "The server does not answer, or its worker is being started again. Events are still taken where the server runs; sizes and members may be out of date.", sent: "Sent", opened: "Opened", clicked: "Clicked", converted: "Converted", revenue: "Revenue",
    revenueDetail: "from conversions after a message", notSent: (n: number) => `${f.number(n)} not sent`, ofSent: (share: string) => `${share} of sent`, ofMails: (share: string) => `${share} of e-mails`, ofAimed: (share: string) => `${share} of messages with a goal`, overTime: "Segments over time", segments: "Largest segments", skipped: "Not sent, and why", skippedNone: "Nothing has been kept back.",
    rfm: "How lately and how often people buy", rfmBody: (people: number, event: string) => `${f.number(people)} people with at least one “${event}”.`, rfmNone: (event: string) => `Nobody has an “${event}” event yet.`, rfmRecency: "bought more lately", rfmFrequency: "bought more often",
    empty: "No event has arrived yet", emptyBody: "Send the first one from your site or your server: this page fills up within a second.", emptyStep: "Send the first event",
    latency: { event_to_segment: (half: string, most: string) => `From event to segment: half within ${half}, 99% within ${most}.`, event_to_message: (half: string, most: string) => `From event to message: half within ${half}, 99% within ${most}.` }, chartTable: "Show as a table", chartHide: "Hide the table", day: "Day",
  },
  rfm: {
    Champions: "Champions", Loyal: "Loyal", "Potential Loyalist": "Potential loyalist", New: "New", Promising: "Promising", "Need Attention": "Need attention", "About To Sleep": "About to sleep",
    "At Risk": "At risk", "Can't Lose": "Can’t lose", Hibernating: "Hibernating",
  } as Record<string, string>,
  people: {
    title: "People", search: "Search by name, e-mail, id or alias", searchHelp: "A name, an e-mail address, a user id, or an alias such as crm:1234", seen: "Last seen", first: "First seen", since: "since", email: "E-mail", id: "User id", empty: "Nobody yet",
    emptyBody: "People appear by themselves with their first event. Send an “identify” call with a user id and an e-mail address to see one here.", none: "Nobody matches this search.", profile: "Profile", facts: "What Relance made out", factFrom: { event: "from the event", locale: "from the locale", trait: "from a trait", default: "the app’s default" } as Record<string, string>, sessionLength: "Usual session", traits: "Traits", editTraits: "Edit traits", traitName: "Trait", traitValue: "Value",
    addTrait: "Add a trait", aliases: "Other ids", aliasesNone: "Known by one id only.", subscriptions: "Subscriptions", subscriptionsNone: "No address yet: an e-mail trait or a push token makes one.", consents: "Consent", consentsHelp: "What marketing may go out.", noBrowser: "no browser has subscribed", notAsked: "nothing recorded, so no marketing", implied: "by the permission given to the browser", granted: "granted", refused: "refused",
    segments: "Segments", segmentsNone: "In no segment right now.", runs: "Journeys", runsNone: "Has entered no journey.", deliveries: "Messages, sent or not", deliveriesNone: "Nothing was ever meant for this person.", deliveriesHelp: "Why did they get it, or not? Every attempt, with its reason.",
    missed: "Journeys not entered", missedHelp: "Events that could have started a journey and did not, and why.", missedTimes: (n: number) => `${f.number(n)} times`,
    missedReason: { late: "The event came more than an hour late", key_missing: "The event does not say which run it is for", run_under_way: "Already on this journey with the same key", once_already: "Can be entered once, and was", journey_paused: "The journey was paused", caused_by_itself: "The journey itself had caused the event", chain_too_long: "Too many journeys in a row had caused the event" } as Record<string, string>,
    timeline: "Timeline", timelineNone: "No event yet.", export: "Export everything", merge: "Merge into another…", mergeTitle: "Merge this person into another", mergeBody: "Their events, subscriptions, segments and journeys move to the other person. This cannot be undone.", mergeInto: "The person who stays", mergeDo: "Merge",
    delete: "Delete…", deleteTitle: "Delete this person?", deleteBody: "Profile, addresses, events and messages are erased, and their ids are refused from now on. This cannot be undone. Type DELETE to go on.", deleteWord: "DELETE", deleteDo: "Delete for ever", waits: "The change settles within a second.",
    events: (n: number) => (n === 1 ? "1 event" : `${f.number(n)} events`), details: "Details",
    received: (at: string) => `received ${at}`, subscription: { subscribed: "subscribed", unsubscribed: "unsubscribed", gone: "ended", unconfirmed: "not confirmed", suppressed: "blocked" } as Record<string, string>,
  },
  kinds: { track: "did", page: "saw the page", screen: "saw the screen", identify: "was identified", alias: "was linked to another id", group: "joined a group", edit: "was edited", merge: "was merged", delete: "was deleted", derived: "Relance noted" } as Record<string, string>,
  /** Events that Relance writes itself, before the name of what they are about, and alone. */
  noted: {
    segment_entered: "entered the segment", segment_left: "left the segment", segment_merged: "was joined by another of the same person, in the segment", session_started: "came back (a session started)", journey_entered: "entered the journey", journey_left: "finished or left the journey", message_sent: "was sent", message_skipped: "was not sent", message_failed: "could not be sent",
    message_tested: "received a test of", message_delivered: "received", message_opened: "opened", message_clicked: "clicked", message_dismissed: "swiped away", message_bounced: "could not be reached with", message_unsubscribed: "unsubscribed through", message_converted: "did what was hoped for, after",
  } as Record<string, string>,
  happened: {
    segment_entered: "a segment is entered", segment_left: "a segment is left", segment_merged: "a member of a segment becomes part of somebody else", session_started: "a session starts", journey_entered: "a journey is entered", journey_left: "a journey is left", message_sent: "a message is sent", message_skipped: "a message is held back", message_failed: "a message fails",
    message_tested: "a test is sent", message_delivered: "a message arrives", message_opened: "a message is opened", message_clicked: "a message is clicked", message_dismissed: "a message is swiped away", message_bounced: "a message bounces", message_unsubscribed: "somebody unsubscribes", message_converted: "a message converts",
  } as Record<string, string>,
  segments: {
    title: "Segments", search: "Search by name or rule", sizeWeek: "± in 7 days", movedWeek: (i: string, o: string) => `In the last 7 days ${i} entered and ${o} left`, size: "People now", fresh: "Counted up to", movedIn: (i: string, o: string) => `In this time ${i} entered and ${o} left.`, merged: (n: number) => (n === 1 ? "1 member became part of another person." : `${f.number(n)} members became part of another person.`), edited: (when: string, i: string, o: string) => `${when}: made or edited, +${i} −${o}.`, moves: "Who came and went", entered: "Entered", left: "Left", period: "Period", days: (n: number) => (n === 1 ? "24 hours" : `${n} days`), export: "Export", exporting: "Exporting", exportFailed: "The export broke off. Try it again.", history: "Size over time", rule: "Who is in it", members: "Members", membersNone: "Nobody is in it right now.", ready: "counting…", building: "Being built from history", updating: "The new rule is being built; the former one still holds", buildingShare: (share: string) => `${share} done.`, buildingEnds: "Expected to be ready at", buildingWaits: "It waits for another segment to be built.", buildingFailed: "History could not be read just now; it is tried again.", empty: "No segment yet", emptyBody: "A segment is a rule, such as “bought in the last 30 days”. People enter the second they fit and leave the second they no longer do. Journeys, webhooks and other segments go by it.",
    create: "New segment", createDo: "Create the segment", name: "Name", event: "Event", eventHelp: "Exactly as it is sent, for example Order Completed", at: "How often", count: "Times", preview: (n: number) => (n === 1 ? "1 person is in it right now" : `${f.number(n)} people are in it right now`),
    previewWait: "Counting…", previewHint: "Fill in what is empty to see how many people this is.", archive: "Archive", archiveTitle: "Archive this segment?", archiveBody: "Everybody leaves it and it is listed no more. This cannot be undone.", archived: "The segment is archived.", archiveRefused: "It is used elsewhere, so it cannot be archived. Take it out of these first:", used: "Where it is used", usedNone: "No segment or journey uses it yet.", userKinds: { segment: "Segment", journey: "Journey" } as Record<string, string>, since: "In it since", compare: { ">=": "at least", "<=": "at most", "=": "exactly", ">": "more than", "<": "fewer than" } as Record<string, string>,
    noEventName: "Give the event's name.", noName: "Give the segment a name.",
  },
  builder: builderEn,
  explain: explainEn,
  versions: versionsEn,
  lists: listsEn(f),
  operators: accountEn(f),
  credit: creditEn(f),
  saw: sawEn(f),
  rule: {
    and: " and ", quoted: (text: string) => `“${text}”`, where: (text: string) => ` where ${text}`,
    is: {
      "=": "is", "!=": "is not", in: "is one of", not_in: "is none of", exists: "is known", not_exists: "is not known", ">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most", between: "is between",
      contains: "contains", starts: "starts with", matches: "matches the pattern", has: "has in its list", has_where: "has an item that fits", before: "is before", after: "is on or after", version_from: "is at least version", version_below: "is older than version", version_is: "is version", version_above: "is newer than version", version_to: "is at most version",
    } as Record<string, string>,
  },
  journeys: {
    title: "Journeys", empty: "No journey yet", emptyBody: "A journey starts with an event, waits, and writes to the person at the right moment. Create one through the API:", entered: "Entered", waiting: "Waiting", done: "Went to the end", left: "Ended here by an event", enteredShort: "entered", waitingShort: "waiting", leftShort: "out", graph: "The path", runs: "Runs", runsNone: "Nobody has entered yet.",
    publish: "Publish", pause: "Pause", resume: "Resume", publishTitle: "Publish this journey?", publishBody: "People whose events match enter it from now on. Runs under way stay on the version they entered.", pauseTitle: "Pause this journey?", pauseBody: "Nobody enters and nothing is sent until you resume. What is due meanwhile waits, and leaves then if it is still valid.", state: { draft: "Draft", live: "Running", paused: "Paused", archived: "Over" } as Record<string, string>,
    version: (n: number) => `version ${n}`, startsWhen: "Starts when", stopsWhen: "Stops at once when", goal: "Goal", entry: "Entry", key: (key: string) => `one run for each ${key}`, keyNone: "one run at a time", once: "only once in a lifetime", always: "again and again", match: (key: string) => `with the same ${key}`, within: (d: string) => `within ${d}`,
    node: { wait_for: "Wait for", message: "Message", delay: "Wait", branch: "Is it so?", exit: "End", entry: "Entry", left: "Ends by an event" } as Record<string, string>, waitFor: (event: string, match: string, d: string) => `${event}${match}, up to ${d}`, delayFor: (d: string) => d, exitText: "The run ends here", unnamed: (n: number) => `Message ${n}`,
    edge: { then: "it happened", else: (d: string) => `not within ${d}`, yes: "yes", no: "no" }, nodeLabel: (title: string, text: string, counts: string) => `${title}: ${text}. ${counts}`, counts: (e: number, w: number, l: number) => `${f.number(e)} entered, ${f.number(w)} waiting, ${f.number(l)} ended here`, at: "At", wake: "Wakes", began: "Entered", key_: "Key",
    entersSegment: (name: string) => `enters “${name}”`, leavesSegment: (name: string) => `leaves “${name}”`, lateEnters: "Events that come late start it, too", lateSkips: "Events that come more than an hour late do not start it", presentToo: "Also those in the segment when it is published",
    leftOut: (n: number) => (n === 1 ? "1 person is in the segment already and is not taken in." : `${f.number(n)} people are in the segment already and are not taken in.`), takenIn: (n: number) => (n === 1 ? "1 person is in the segment already and is taken in at once." : `${f.number(n)} people are in the segment already and are taken in at once.`),
    archiveTitle: "Archive this journey?", archiveBody: "Everybody on it stops where they are, what waits to be sent is not, and nobody enters again. This cannot be undone.", archived: "The journey is over.", deleteTitle: "Delete this journey?", deleteBody: "Nobody was ever on it. This cannot be undone.", deleted: "The journey is deleted.",
    runState: { waiting: "under way" }, reason: { completed: "went to the end", exit_event: "stopped by an event", superseded: "never began: another of the same key was under way", merged: "merged into another run", archived: "the journey is over", deleted: "the person was deleted", too_many_steps: "stopped by a fault" } as Record<string, string>, canvas: "The journey's steps, from entry to end", zoom: "Zoom", zoomIn: "Zoom in", zoomOut: "Zoom out", zoomFit: "Show all of it",
  },
  messages: {
    title: "Messages", sent: "Sent", opened: "Opened", clicked: "Clicked", converted: "Converted", revenue: "Revenue", goal: "Goal", goalNone: "none: it is credited with nothing", goalOwn: (event: string, within: string) => `${event}, within ${within}`, goalOfJourney: "the journey’s", empty: "No message yet", emptyBody: "A message is what a journey sends: a web push or an e-mail, written with the person's own traits. Create one through the API:", channel: { web_push: "Web push", email: "E-mail" } as Record<string, string>,
    class: { marketing: "Marketing", transactional: "Transactional" } as Record<string, string>, classHelp: { marketing: "Needs consent for its topic.", transactional: "Goes to everyone with an address, day and night." } as Record<string, string>, preview: "Preview", previewHelp: "Variables are shown as written until you choose a person.", subject: "Subject", preheader: "Preview line", test: "Send a test", testTo: "Send it to", testHelp: "To somebody in this app, for example yourself. It goes out for real, through the same channel.",
    archiveTitle: "Archive this message?", archiveBody: "It is in no list any more and cannot be put into journeys. What waits to be sent still is. You can take it out again.", restore: "Take out of the archive", deleteTitle: "Delete this message?", deleteBody: "It was never sent. This cannot be undone.", deleted: "The message is deleted.",
    testDo: "Send the test", testDone: "On its way. It arrives in the inbox within a second.", deliveries: "Latest deliveries", deliveriesNone: "Nothing has been sent yet.", topic: "Topic", missing: "Where a value is missing", missingHolds: "not sent", missingLeaves: "sent without it", validFor: "Worth sending for", always: "as long as it takes", skipped: "Not sent", unsubscribed: "Unsubscribed", opens: "Opens", phone: "How it looks on a phone", plain: "Plain text", failed: "Failed", delivered: "Arrived", figures: "Figures",
  },
  deliveries: {
    state: { pending: "waiting to go", sending: "being sent", sent: "sent", failed: "failed", skipped: "not sent", unknown: "outcome unknown" } as Record<string, string>,
    sentence: { sent: "was sent", opened: "was opened", clicked: "was clicked", delivered: "arrived", dismissed: "was swiped away", converted: "led to a purchase", unsubscribed: "led to an unsubscribe" } as Record<string, string>,
    reason: {
      no_subscription: "No address on this channel", no_consent: "No consent for this topic", suppressed: "The address is blocked", bounced: "The mailbox does not exist", unsubscribed: "They unsubscribed", sending_paused: "All sending was stopped", journey_stopped: "The journey was stopped before it left", journey_paused: "Waits: its journey is paused",
      unconfirmed: "The address is not confirmed", expired: "Too late: no longer worth sending", duplicate_address: "Already reached at the same address", render_error: "The message could not be written for this person", missing_value: "A value that the message requires is not known", invalid_address: "The address is not valid", gone: "The push subscription has ended", deleted_person: "The person was deleted",
      message_missing: "The message was deleted", no_channel: "This server cannot send on this channel",
    } as Record<string, string>, unknownHelp: "The program stopped between sending and noting it; it is not sent again.",
  },
  inbox: {
    title: "Inbox", body: "What this server sent, as a phone and a mailbox show it. Opening and clicking here uses the real tracking links.", phones: "Phones", mail: "Mailbox", phonesNone: "No phone yet", phonesNoneBody: "A phone appears here when the demo, or a test person, subscribes to push.", pushesNone: "Nothing on this screen yet.", mailNone: "The mailbox is empty", mailNoneBody: "E-mail sent with no SMTP server configured arrives here. Send a test from a message's page.", choose: "Choose an e-mail to read it.", from: "From", to: "To", off: "The built-in inbox is turned off on this server.", searchPhones: "Find a phone", searchMail: "Find an e-mail by subject or address", openLink: "Open", lockScreen: (name: string) => `Lock screen of ${name}`, message: "The e-mail, as received",
  },
  trust, consent: consentEn,
  developers: {
    title: "Developers", defaults: "Where nothing is known", defaultsBody: "What is taken of people who told neither. Segments keep what stood here when they were saved.", linkHosts: "Where links may lead", linkHostsBody: "A link whose host comes from an event or a trait is counted only if the host is listed here; otherwise it is sent as it is. Hosts written in a message are always counted.", hosts: "Hosts", hostsHelp: "As in shop.example, or *.shop.example for all below it", zone: "Time zone", country: "Country", countryHelp: "Two letters, as in FR; empty for none", currency: "Currency", currencyHelp: "Of amounts that name none: three letters, as in EUR; empty if not known", keys: "Keys", keysBody: "A browser key may stand in a page. A write key is for servers, which may say anything about anybody; an API key reads and changes everything in this app. Keep both secret.", kind: { browser: "Browser key", write: "Write key (servers)", api: "API key" } as Record<string, string>, create: "New key", createDo: "Create the key", kindLabel: "Kind", hint: "Begins with", used: "Last used", revoked: "revoked", active: "active",
    shownTitle: "Copy now what you need", shown: "This is shown once; only a hash is kept.", rotate: "Rotate", rotateTitle: "Rotate this key?", rotateBody: "A new key takes its place at once and is shown once. The old one stops working.", revoke: "Revoke", revokeTitle: "Revoke this key?", revokeBody: "Whoever still uses it is refused from now on. This cannot be undone.", first: "Send the first event", firstBody: "Any Segment library works too: set its host to this server.", yourKey: "YOUR_WRITE_KEY", rejected: "Set aside or mended", rejectedBody: "Events that were received but could not be accepted, and why; and what was mended about some that were taken.", rejectedNone: "Nothing was set aside.", taken: "taken", reasons: { reserved_name: "Only Relance itself writes events of this name.", unsigned: "A browser needs a token for this.", server_key_needed: "History is brought in by a server.", too_many_names: "The app has too many names of events.", reused_id: "Another event has the same messageId.", duplicate_id: "An event with this messageId and other content was accepted before.", unsigned_user: "A browser proved no user id: the rest is held back.", token_invalid: "No secret of the app signed the token: the rest is held back.", token_expired: "The token has expired: the rest is held back.", token_of_other_user: "The token is another user’s: the rest is held back.", event_too_large: "The event is too large.", unknown_type: "The kind of call is not known.", missing_name: "The event has no name.", missing_id: "Nobody is named.", placeholder_id: "The id is none: a program wrote it where it had none.", invalid: "A field has the wrong form.", timestamp_out_of_range: "The instant cannot be.", nul_byte: "A text holds a NUL character.", invalid_text: "A text cannot be read.", number_out_of_range: "A number cannot be held.", too_deep: "Objects and lists are nested too deep.", unreadable: "The event is no JSON.", timestamp_not_read: "The time stamp could not be read.", timestamp_not_believed: "The time stamp could not be believed.", sent_at_not_believed: "The time of sending could not be believed.", sent_at_not_read: "The time of sending could not be read.", field_dropped: "A field beside the events was left out.", placeholder_dropped: "An id that is none was left out.", trimmed: "White space around an id or a name was taken away." } as Record<string, string>, reason: "Why", health: "Health", healthLag: "Batches waiting", healthState: "State", docs: "API reference", eventNames: "Events seen", eventCount: "Times", eventLast: "Last", eventNamesNone: "None yet.", healthy: "Healthy",
  },
  webhooks: {
    title: "Webhooks", line: "Other systems that are told, with a signature, who enters and leaves segments, and which members become part of somebody else.", none: "No webhooks yet. A CRM or an advertising account can follow a segment by itself: give its address here.", create: "New webhook", createDo: "Create the webhook",
    address: "Address", segments: "Segments", segmentsLine: "It is told of these; of all where none is chosen.", every: "All segments", secret: "Secret", shown: "Messages are signed with this secret. It is shown once.", state: { active: "active", paused: "paused", stopped: "stopped" }, failing: "failing", again: "again", answered: "Last answer",
    test: "Send a test", tested: "The test message was taken.", testFailed: "The test message was not taken:", pause: "Pause", goOn: "Go on where it stood", skip: "Go on from now", skipTitle: "Leave out what was not told?", skipBody: "Changes that this webhook was not told of so far are never sent to it.", rotate: "New secret", rotateTitle: "Sign with a new secret?", rotateBody: "The old secret ends at once; the new one is shown once.",
    deleteTitle: "Delete this webhook?", deleteBody: "The other system is told of nothing any more. This cannot be undone.",
  },
});

export type Words = ReturnType<typeof en>;
