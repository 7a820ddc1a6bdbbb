"""What can go wrong with messages and deliveries."""

from __future__ import annotations

from relance.core.errors import ConflictError, InvalidError, NotFoundError


class MessageNotFoundError(NotFoundError):
    """No message with that id exists in this app."""


class DeliveryNotFoundError(NotFoundError):
    """No delivery with that id exists in this app."""


class ContentNotKeptError(NotFoundError):
    """What a delivery said cannot be shown: it was never sent, too long ago, erased with its person, or too large to be kept."""

    code = "content_not_kept"


class MessageStateError(ConflictError):
    """The message is archived, or is not: what was asked for cannot be done with it."""

    code = "message_state"


class MessageInUseError(ConflictError):
    """A journey or a segment needs the message; ``data["dependents"]`` lists them as ``{"kind", "id", "name"}``."""

    code = "message_in_use"


class MessageSentError(ConflictError):
    """The message was meant for somebody already, so that it can be archived but not deleted."""

    code = "message_was_sent"


class StaleMessageError(ConflictError):
    """The message was edited since it was read; ``data["version"]`` is its version now."""


class MessageInvalidError(InvalidError):
    """The message cannot be kept as it is; ``data["path"]`` names the field."""


class SnippetNotFoundError(NotFoundError):
    """No snippet with that id exists in this app."""


class SnippetInvalidError(InvalidError):
    """The snippet could never be rendered; ``data["path"]`` names the field."""


class SnippetInUseError(ConflictError):
    """Messages or snippets render it; ``data["dependents"]`` lists them as ``{"kind", "id", "name"}``."""

    code = "snippet_in_use"


class StaleSnippetError(ConflictError):
    """Somebody else edited the snippet since it was read; ``data["version"]`` is the current one."""
