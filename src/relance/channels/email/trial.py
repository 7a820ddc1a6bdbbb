"""The mail by which somebody tries out a provider. Pure, but for its id."""

from __future__ import annotations

from relance.channels.email.address import read_address
from relance.channels.email.model import Email
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.ids import random_token

TEXT = "Test message of Relance: this provider works."


def trial_mail(sender: str, to: str) -> Email:
    """A fixed mail to one address. Raises ``InvalidError`` at ``to``, or where the provider has no sender for it."""
    try:
        recipient = read_address(to.strip())
    except InvalidError as error:
        raise InvalidError(error.text, path="to") from None
    if not sender:
        raise InvalidError(
            ErrorText("trial_without_sender", "Give the provider a sender first: the test needs an address to come from."),
            path="settings.sender",
        )
    return Email(sender=sender, to=recipient.mailbox, subject="Relance", message_id=random_token("trial", 12), text=TEXT)
