"""The audited actions and their wording. The dashboard's words have the same entries."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

AuditAction: TypeAlias = Literal[
    "app.created",
    "app.changed",
    "sending.paused",
    "sending.resumed",
    "key.created",
    "key.rotated",
    "key.revoked",
    "identity_secret.created",
    "identity_secret.deleted",
    "operator.created",
    "operator.invited",
    "operator.link_made",
    "operator.removed",
    "operator.password_changed",
    "operator.password_chosen",
    "operator.signed_in",
    "webhook.created",
    "webhook.changed",
    "webhook.skipped",
    "webhook.rotated",
    "webhook.deleted",
    "person.merged",
    "person.deleted",
    "person.exported",
    "journey.published",
    "journey.paused",
    "journey.resumed",
    "journey.archived",
    "journey.deleted",
    "message.archived",
    "message.restored",
    "message.deleted",
    "segment.archived",
    "segment.exported",
    "list.archived",
    "held_back.exported",
]

#: Action → what was done; ``{}`` stands for its object: a number, or the name of an operator or a key.
DONE: Final[dict[AuditAction, str]] = {
    "app.created": "Made the app",
    "app.changed": "Changed the app",
    "sending.paused": "Stopped all sending",
    "sending.resumed": "Resumed sending",
    "key.created": "Made key {}",
    "key.rotated": "Rotated key {}",
    "key.revoked": "Revoked key {}",
    "identity_secret.created": "Made identity secret {}",
    "identity_secret.deleted": "Deleted identity secret {}",
    "operator.created": "Made operator {}",
    "operator.invited": "Invited operator {}",
    "operator.link_made": "Made a link to choose a new password for operator {}",
    "operator.removed": "Removed operator {}",
    "operator.password_changed": "Changed their own password",
    "operator.password_chosen": "Chose a password by a link",
    "operator.signed_in": "Signed in",
    "webhook.created": "Made webhook {}",
    "webhook.changed": "Changed webhook {}",
    "webhook.skipped": "Made webhook {} skip what waited",
    "webhook.rotated": "Rotated the secret of webhook {}",
    "webhook.deleted": "Deleted webhook {}",
    "person.merged": "Merged person {} into another",
    "person.deleted": "Deleted person {}",
    "person.exported": "Exported person {}",
    "journey.published": "Published journey {}",
    "journey.paused": "Paused journey {}",
    "journey.resumed": "Resumed journey {}",
    "journey.archived": "Archived journey {}",
    "journey.deleted": "Deleted journey {}",
    "message.archived": "Archived message {}",
    "message.restored": "Took message {} out of the archive",
    "message.deleted": "Deleted message {}",
    "segment.archived": "Archived segment {}",
    "segment.exported": "Exported the members of segment {}",
    "list.archived": "Archived list {}",
    "held_back.exported": "Exported what was held back",
}


def done(action: str, target: str) -> str:
    """What was done, in words. Actions of another version of the program are shown as stored."""
    said = {str(each): words for each, words in DONE.items()}.get(action)
    return f"{action} {target}" if said is None else said.format(target)
