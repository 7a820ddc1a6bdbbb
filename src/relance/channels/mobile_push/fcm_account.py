"""A Firebase project: its settings and secrets, and what of them can be checked without asking Google. Pure."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Meta

from relance.channels.mobile_push.model import PushService
from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext, ProviderSettings, ProviderType
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

FCM_URL = "https://fcm.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_PROJECT = re.compile(r"[A-Za-z0-9.:-]{1,100}")
_PATH = "secrets.service_account"


class FcmSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """Where Google is asked; other addresses only where this server may reach private networks (emulators)."""

    base_url: Annotated[str, Meta(max_length=500, title="API address", description="Another one for an emulator.")] = FCM_URL
    token_url: Annotated[str, Meta(max_length=500, title="Token address", description="Another one for an emulator.")] = TOKEN_URL


class FcmSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that messages are ours."""

    service_account: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=20_000,
            title="Service account",
            description="The JSON file from the Firebase console: project settings, service accounts, generate new private key.",
        ),
    ]


class ServiceAccount(msgspec.Struct, frozen=True):
    """What is needed of the file that the Firebase console gives out."""

    project_id: str
    client_email: str
    private_key: str
    private_key_id: str = ""


def read_service_account(text: str) -> ServiceAccount:
    """From the JSON of the file. Raises ``InvalidError`` saying what it lacks."""
    try:
        account = msgspec.json.decode(text.encode(), type=ServiceAccount)
    except (msgspec.MsgspecError, UnicodeError):
        raise InvalidError(
            ErrorText(
                "service_account_file",
                "This is not the JSON file of a Google service account, with project_id, client_email and private_key.",
            ),
            path=_PATH,
        ) from None
    try:
        key = load_pem_private_key(account.private_key.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidError(
            ErrorText("service_account_key", "The service account's private key must be an RSA key in PEM."), path=_PATH
        )
    if not _PROJECT.fullmatch(account.project_id):
        raise InvalidError(
            ErrorText(
                "service_account_project", "{project!r} is not the id of a Google project.", project=account.project_id[:100]
            ),
            path=_PATH,
        )
    return account


def check_fcm(settings: FcmSettings, secrets: FcmSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    read_service_account(secrets.service_account)
    check_own_address(settings.base_url, FCM_URL, "settings.base_url", context)
    check_own_address(settings.token_url, TOKEN_URL, "settings.token_url", context)


def check_own_address(given: str, usual: str, path: str, context: ProviderContext) -> None:
    """Refuse an address that is not the provider's, where it could be shown what proves that messages are ours."""
    if given == usual:
        return
    if not context.private:
        raise InvalidError(
            ErrorText("push_address", "The address must be {usual}: this server may not reach private networks.", usual=usual),
            path=path,
        )
    try:
        check_address(given, private=True)
    except InvalidError as error:
        raise InvalidError(error.text, path=path) from None


FCM = ProviderType(
    name="fcm",
    title="Firebase Cloud Messaging",
    channel="mobile_push",
    settings=FcmSettings,
    secrets=FcmSecrets,
    check=check_fcm,
    service=PushService.FCM,
)
