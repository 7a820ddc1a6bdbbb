/** Who did what, in English. The sentences are those of `relance audit` (`accounts/audited.py`); `{}` is what it was done to. */
export const auditEn = {
  title: "Audit log", line: "Who changed, published, deleted or exported what in this app, and who signed in. Newest first.", none: "Nothing yet. What is changed, published, deleted or exported here is noted from now on.",
  when: "When", who: "Who", what: "What", server: "the server", key: (name: string) => `API key “${name}”`, operator: (number: string) => `operator ${number}`, other: (action: string) => `Something that this version does not know: ${action}`,
  told: (name: string, value: string) => `${name}: ${value}`,
  done: {
    "app.created": "Made the app", "app.changed": "Changed the app", "sending.paused": "Stopped all sending", "sending.resumed": "Resumed sending",
    "key.created": "Made key {}", "key.rotated": "Rotated key {}", "key.revoked": "Revoked key {}", "identity_secret.created": "Made identity secret {}", "identity_secret.deleted": "Deleted identity secret {}",
    "operator.created": "Made operator {}", "operator.invited": "Invited operator {}", "operator.link_made": "Made a link to choose a new password for operator {}", "operator.removed": "Removed operator {}",
    "operator.password_changed": "Changed their own password", "operator.password_chosen": "Chose a password by a link", "operator.signed_in": "Signed in",
    "webhook.created": "Made webhook {}", "webhook.changed": "Changed webhook {}", "webhook.skipped": "Made webhook {} skip what waited", "webhook.rotated": "Rotated the secret of webhook {}", "webhook.deleted": "Deleted webhook {}",
    "person.merged": "Merged person {} into another", "person.deleted": "Deleted person {}", "person.exported": "Exported person {}",
    "journey.published": "Published journey {}", "journey.paused": "Paused journey {}", "journey.resumed": "Resumed journey {}", "journey.archived": "Archived journey {}", "journey.deleted": "Deleted journey {}",
    "message.archived": "Archived message {}", "message.restored": "Took message {} out of the archive", "message.deleted": "Deleted message {}",
    "segment.archived": "Archived segment {}", "segment.exported": "Exported the members of segment {}", "list.archived": "Archived list {}", "held_back.exported": "Exported what was held back",
  } as Record<string, string>,
  detail: {
    name: "Name", kind: "Kind", by: "Replaced by key", url: "Address", state: "State", into: "Into person", timezone: "Time zone", language: "Language", country: "Country", currency: "Currency",
    link_hosts: "Hosts of links", trust_unsigned_browsers: "Unsigned browsers are believed", confirm_addresses: "Addresses are confirmed",
  } as Record<string, string>,
  value: { write: "write key", browser: "browser key", api: "API key", active: "active", paused: "paused", stopped: "stopped", "": "none" } as Record<string, string>,
};
