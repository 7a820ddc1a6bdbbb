"""E-mail as a kind of channel."""

from __future__ import annotations

from unicodedata import normalize

from relance.channels.email.confirmation import confirmation_mail
from relance.channels.email.content import EmailContent
from relance.channels.email.deletion import deletion_mail
from relance.channels.email.sender import returning_to, sender_domain
from relance.channels.kind import ChannelKind, ServerDefault
from relance.core.configuration import Settings
from relance.core.mailbox import is_mailbox, mailbox_of


def server_default(settings: Settings) -> ServerDefault | None:
    """The server's mail host; without one the sandbox, if it runs."""
    return "server" if settings.smtp_host else "sandbox" if settings.sandbox else None


def delivered_to(address: str) -> str:
    """The mailbox in one form: composed characters, small letters, the domain in ASCII without a final dot."""
    found = mailbox_of(normalize("NFC", address))
    return address.lower() if found is None else f"{found.local.lower()}@{found.domain}"


EMAIL = ChannelKind(
    name="email",
    labels={"en": "e-mail", "fr": "e-mail"},
    content=EmailContent,
    implies_consent=False,
    is_repeatable=False,
    measures=frozenset(("opened", "bounced")),
    click_opens=True,  # also where pictures are blocked
    trait="email",
    canonical_address=str.lower,  # mailboxes do not tell capital letters from small ones
    is_address=is_mailbox,
    delivered_to=delivered_to,
    confirmation=confirmation_mail,
    deletion=deletion_mail,
    server_default=server_default,
    sending_domain=sender_domain,
    returning=returning_to,
    most_soft_bounces=5,
)
