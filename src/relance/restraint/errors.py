"""Errors of caps and quiet hours."""

from __future__ import annotations

from relance.core.errors import ConflictError, InvalidError, NotFoundError


class CapInvalidError(InvalidError):
    """The cap is not valid; ``data["path"]`` names the field."""

    code = "invalid_cap"


class PreferencesInvalidError(InvalidError):
    """A person's own quiet hours or limit are not valid; ``data["path"]`` names the field."""

    code = "invalid_preferences"


class CapNotFoundError(NotFoundError):
    """This app has no such cap."""

    code = "cap_not_found"


class StaleCapError(ConflictError):
    """The cap was edited since it was read; ``data["version"]`` is the current version."""

    code = "stale_cap"


class CapLimitError(ConflictError):
    """The app has reached its limit of caps, given in ``data["limit"]``."""

    code = "cap_limit"


class QuietHoursInvalidError(InvalidError):
    """The quiet hours are not valid; ``data["path"]`` names the field."""

    code = "invalid_quiet_hours"


class QuietHoursNotFoundError(NotFoundError):
    """This app has no such quiet hours."""

    code = "quiet_hours_not_found"


class StaleQuietHoursError(ConflictError):
    """The quiet hours were edited since they were read; ``data["version"]`` is the current version."""

    code = "stale_quiet_hours"


class QuietHoursLimitError(ConflictError):
    """The app has reached its limit of quiet hours, given in ``data["limit"]``."""

    code = "quiet_hours_limit"
