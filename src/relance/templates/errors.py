"""What can go wrong with a template."""

from __future__ import annotations

from relance.core.errors import InvalidError


class TemplateError(InvalidError):
    """A template cannot be parsed or rendered; ``data["path"]`` names the content field."""


class ValueMissingError(InvalidError):
    """A value that a message requires is not known of the person; ``data["path"]`` names the content field."""

    code = "missing_value"
