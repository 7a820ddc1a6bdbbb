"""How a phone's address comes in, who it belongs to, and which of a person's phones get a message. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from relance.channels.kind import DeviceAddress, PersonDevice
from relance.channels.mobile_push.model import PushService
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

TOKEN_LIMIT = 2_048  # characters
_APNS = re.compile(r"(?:[0-9A-Fa-f]{2}){32,100}")
_TOKEN = re.compile(rf"[!-~]{{1,{TOKEN_LIMIT}}}")


def from_device(given: Any) -> DeviceAddress | None:
    """What an app reports as its token: text, as APNs or FCM gave it out."""
    if not isinstance(given, str):
        return None
    token = given.strip()
    return DeviceAddress(canonical_address(token)) if is_address(token) else None


def is_address(token: str) -> bool:
    """Whether this can be a token."""
    return _TOKEN.fullmatch(token) is not None


def service_of(token: str) -> PushService:
    """Who gave a token out: those of APNs are hexadecimal, those of FCM never are. An iPhone may have either."""
    return PushService.APNS if _APNS.fullmatch(token) else PushService.FCM


def canonical_address(token: str) -> str:
    """The same for all spellings of a token."""
    return token.lower() if service_of(token) is PushService.APNS else token


def choose_devices(content: Mapping[str, Any], devices: Sequence[PersonDevice]) -> Collection[int]:
    """The ids of the devices that a message goes to. The same kind is the same ``context.device.type`` (ios, android)."""
    choice = content.get("devices", "all")
    if choice == "all":
        return {each.id for each in devices}
    newest: dict[str, PersonDevice] = {}
    for each in sorted(devices, key=lambda one: (one.active_at, one.id)):
        kind = "" if choice == "last_active" else str(each.about.get("type", "")).lower() or service_of(each.address).value
        newest[kind] = each
    return {each.id for each in newest.values()}


def check_token(text: str, service: PushService) -> str:
    """A token that an operator gave, of this service. Raises ``InvalidError`` at ``to``."""
    token = text.strip()
    if not is_address(token) or service_of(token) is not service:
        raise InvalidError(
            ErrorText(
                "push_token", "{got!r} is not a device token of {service}.", got=token[:100], service=service.value.upper()
            ),
            path="to",
        )
    return canonical_address(token)
