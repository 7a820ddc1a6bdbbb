"""Checks on names and e-mail addresses of accounts. Pure."""

from __future__ import annotations

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mailbox import is_mailbox
from relance.core.name_check import is_name, name_text

NAME_LONGEST = 100


def checked_name(name: str) -> str:
    """The name without surrounding spaces. Raises ``InvalidError``."""
    name = name.strip()
    if not is_name(name, NAME_LONGEST):
        raise InvalidError(name_text(name, NAME_LONGEST), path="name")
    return name


def checked_email(email: str) -> str:
    """The address in lower case. Raises ``InvalidError``."""
    email = email.strip().lower()
    if not is_mailbox(email):
        raise InvalidError(ErrorText("email_address", "Not a valid e-mail address."), path="email")
    return email
