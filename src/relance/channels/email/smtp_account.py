"""An SMTP server of an app's own: its settings and secrets, and what of them can be checked without asking it. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from relance.channels.addresses import is_public_host, read_url
from relance.channels.email.address import read_address
from relance.channels.provider_type import ProviderContext, ProviderSettings, ProviderType
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.hosts import hosts_of

MOST_OTHERS = 4


Sender = Annotated[
    str,
    Meta(
        max_length=500,
        title="From",
        description="The sender of messages that name none, as `Shop <shop@example.com>`; without one the server's.",
    ),
]


class SmtpSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """A mail server, and how it is reached."""

    host: Annotated[str, Meta(min_length=1, max_length=253, title="Host", description="As smtp.example.com.")]
    port: Annotated[int, Meta(ge=1, le=65_535, title="Port", description="587 with STARTTLS, 465 with TLS.")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(title="Security", description="`none` only where the server may use private addresses (`webhook_private`)."),
    ] = "starttls"
    bounces: Annotated[
        Literal["sender", "relance"],
        Meta(
            title="Bounces come back to",
            description="`relance`: mails leave in the name of `bounce_domain`, which the host must allow.",
        ),
    ] = "sender"
    other_hosts: Annotated[
        str,
        Meta(
            max_length=500,
            title="Further hosts",
            description="Tried in order where the host is down, as `smtp2.example.com, smtp3.example.com:465`; at most 4.",
        ),
    ] = ""
    user: Annotated[str, Meta(max_length=320, title="User", description="Empty: nobody signs in.")] = ""
    sender: Sender = ""


class SmtpSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves who signs in."""

    password: Annotated[str, Meta(max_length=500, title="Password", description="Of the user.")] = ""


def check_server(settings: SmtpSettings, secrets: SmtpSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    _check_host(settings.host, settings.port, "settings.host", context)
    others = hosts_of(settings.other_hosts, settings.port)
    if len(others) > MOST_OTHERS:
        raise InvalidError(
            ErrorText("smtp_hosts", "There are at most {most} further hosts (got {got:,}).", most=MOST_OTHERS, got=len(others)),
            path="settings.other_hosts",
        )
    for each in others:
        _check_host(each.host, each.port, "settings.other_hosts", context)
    if settings.security == "none" and not context.private:
        raise InvalidError(
            ErrorText("smtp_security_none", "Security must be starttls or tls: passwords and mails would be sent in clear."),
            path="settings.security",
        )
    if bool(settings.user) != bool(secrets.password):
        raise InvalidError(ErrorText("smtp_sign_in", "Signing in needs both a user and a password."), path="settings.user")
    check_sender(settings.sender)


def _check_host(name: str, port: int, path: str, context: ProviderContext) -> None:
    try:
        host = read_url(f"https://{name}:{port}").raw_host or ""
        fits = "/" not in name and "@" not in name
    except ValueError:
        host, fits = "", False
    if not fits:
        raise InvalidError(ErrorText("smtp_host", "{got!r} is not the name of a host.", got=name[:100]), path=path)
    if not context.private and not is_public_host(host):
        raise InvalidError(
            ErrorText("smtp_host_private", "The host must be public, unless the setting webhook_private allows others."),
            path=path,
        )


def check_sender(sender: str) -> None:
    """Raises ``InvalidError`` at ``settings.sender`` if it cannot send e-mails; an empty one is the server's."""
    if not sender.strip():
        return
    try:
        read_address(sender.strip())
    except InvalidError as error:
        raise InvalidError(
            ErrorText("sender", "{sender!r} cannot send e-mails: {why}", sender=sender[:100], why=error.text),
            path="settings.sender",
        ) from None


SMTP_SERVER = ProviderType(
    name="smtp",
    title="SMTP",
    channel="email",
    settings=SmtpSettings,
    secrets=SmtpSecrets,
    check=check_server,
    leads=("host", "port", "other_hosts", "security"),
)
