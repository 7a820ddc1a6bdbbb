"""Checks on names and e-mail addresses of accounts. Pure."""

from __future__ import annotations

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mailbox import is_mailbox

NAME_LONGEST = 100


def checked_name(name: str) -> str:
    """The name without surrounding spaces. Raises ``InvalidError``."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LONGEST or "\x00" in name:
        raise InvalidError(
            ErrorText(
                "name_length", "Name must be 1–{most} characters without NUL (got {got:,}).", most=NAME_LONGEST, got=len(name)
            ),
            path="name",
        )
    return name


def checked_email(email: str) -> str:
    """The address in lower case. Raises ``InvalidError``."""
    email = email.strip().lower()
    if not is_mailbox(email):
        raise InvalidError(ErrorText("email_address", "Not a valid e-mail address."), path="email")
    return email
