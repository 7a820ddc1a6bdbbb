"""What can go wrong with what an author writes for a channel."""

from __future__ import annotations

from relance.core.errors import InvalidError


class ContentInvalidError(InvalidError):
    """The content could never be sent; ``data["path"]`` names the field, ``content.title`` say."""
