"""E-mail as a kind of channel."""

from __future__ import annotations

from relance.channels.email.confirmation import confirmation_mail
from relance.channels.email.content import EmailContent
from relance.channels.kind import ChannelKind
from relance.core.mailbox import is_mailbox

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
    confirmation=confirmation_mail,
)
