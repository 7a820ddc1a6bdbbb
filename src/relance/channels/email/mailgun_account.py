"""A sending domain at Mailgun: its settings and secrets, and what of them can be checked without asking it. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from relance.channels.addresses import read_url
from relance.channels.email.smtp_account import Sender, check_sender
from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext, ProviderSettings
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError


class MailgunSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """A domain that Mailgun sends for."""

    domain: Annotated[str, Meta(min_length=1, max_length=253, title="Domain", description="As mg.example.com.")]
    base_url: Annotated[
        str,
        Meta(max_length=500, title="API address", description="https://api.eu.mailgun.net for domains in the EU region."),
    ] = "https://api.mailgun.net"
    sender: Sender = ""


class MailgunSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that messages are ours."""

    api_key: Annotated[str, Meta(min_length=1, max_length=200, title="API key", description="A sending key of the domain.")]
    webhook_signing_key: Annotated[
        str,
        Meta(
            max_length=200,
            title="Webhook signing key",
            description="Proves that reports are Mailgun's; without it none is heard.",
        ),
    ] = ""


def check_domain(settings: MailgunSettings, secrets: MailgunSecrets, context: ProviderContext) -> None:  # noqa: ARG001 - a key can be anything
    """Raises ``InvalidError`` at the field that cannot be used."""
    try:
        fits = read_url(f"https://{settings.domain}").host == settings.domain.lower() and "." in settings.domain
    except ValueError:
        fits = False
    if not fits:
        raise InvalidError(
            ErrorText("mail_domain", "{got!r} is not the name of a domain.", got=settings.domain[:100]), path="settings.domain"
        )
    try:
        check_address(settings.base_url, private=context.private)
    except InvalidError as error:
        raise InvalidError(error.text, path="settings.base_url") from None
    check_sender(settings.sender)
