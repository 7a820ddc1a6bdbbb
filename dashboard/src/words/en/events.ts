/** Events: kinds of calls, and what Relance writes itself. */
export const kinds = {
  track: "did",
  page: "saw the page",
  screen: "saw the screen",
  identify: "was identified",
  alias: "was linked to another id",
  group: "joined a group",
  edit: "was edited",
  merge: "was merged",
  delete: "was deleted",
  derived: "Relance noted",
} as Record<string, string>;

/** Events that Relance writes itself, before the name of what they are about, and alone. */
export const noted = {
  segment_entered: "entered the segment",
  segment_left: "left the segment",
  segment_merged: "was joined by another of the same person, in the segment",
  session_started: "came back (a session started)",
  journey_entered: "entered the journey",
  journey_left: "finished or left the journey",
  message_sent: "was sent",
  message_skipped: "was not sent",
  message_failed: "could not be sent",
  message_tested: "received a test of",
  message_delivered: "received",
  message_opened: "opened",
  message_clicked: "clicked",
  message_dismissed: "swiped away",
  message_bounced: "could not be reached with",
  message_unsubscribed: "unsubscribed through",
  message_converted: "did what was hoped for, after",
} as Record<string, string>;

export const happened = {
  segment_entered: "a segment is entered",
  segment_left: "a segment is left",
  segment_merged: "a member of a segment becomes part of somebody else",
  session_started: "a session starts",
  journey_entered: "a journey is entered",
  journey_left: "a journey is left",
  message_sent: "a message is sent",
  message_skipped: "a message is held back",
  message_failed: "a message fails",
  message_tested: "a test is sent",
  message_delivered: "a message arrives",
  message_opened: "a message is opened",
  message_clicked: "a message is clicked",
  message_dismissed: "a message is swiped away",
  message_bounced: "a message bounces",
  message_unsubscribed: "somebody unsubscribes",
  message_converted: "a message converts",
} as Record<string, string>;
