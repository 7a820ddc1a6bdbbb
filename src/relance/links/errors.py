"""What can go wrong with a link."""

from __future__ import annotations

from relance.core.errors import InvalidError


class LinkInvalidError(InvalidError):
    """A tracking link was not made by this server, or was cut or changed on its way."""

    code = "invalid_link"
