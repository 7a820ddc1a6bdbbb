"""The kinds of account that carry e-mails and report what became of them."""

from __future__ import annotations

from relance.channels.email.mailgun_account import MailgunSecrets, MailgunSettings, check_domain
from relance.channels.email.mailgun_callback import hear
from relance.channels.provider_type import ProviderType

MAILGUN = ProviderType(
    name="mailgun",
    title="Mailgun",
    channel="email",
    settings=MailgunSettings,
    secrets=MailgunSecrets,
    check=check_domain,
    leads=("base_url",),
    hear=hear,
)
