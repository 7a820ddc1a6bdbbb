"""What a message would say to one person, without being sent: filled in as a delivery is, and nothing of it tracked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from relance.channels.content import MessageSize
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Missing, in_field
from relance.channels.registry import Channel
from relance.core.error_text import ErrorText
from relance.links.tracked import Links
from relance.markup.references import in_attribute
from relance.messaging.model import Message, SkipReason
from relance.messaging.render import Recipient, content_of, filling_of, rendered
from relance.messaging.translations import as_worded, chosen_language, place_of, wording
from relance.templates.errors import TemplateError, ValueMissingError

_ADDRESS = re.compile(r"https?://[^\s\"'<>()]{1,2000}", re.IGNORECASE)


class SenderSettings(msgspec.Struct, frozen=True):
    """How this server sends: its public address, without a slash at its end, and the sender of e-mails without one."""

    base_url: str
    sender: str


class Unsendable(msgspec.Struct, frozen=True):
    """Why nothing would be sent: the reason that the delivery would carry, the field, and what is wrong in a sentence."""

    reason: SkipReason
    path: str
    detail: ErrorText


class Shown(msgspec.Struct, frozen=True):
    """``content`` has the fields of the message's own, filled in (empty where ``unsendable`` says why there is nothing).

    ``missing`` are the variables that left a gap, with no ``default`` beside them; ``address`` is where it would go, "" nowhere.
    ``taken``: field → the language that it was taken from, where that is not ``language``. ``size`` and ``links`` are of what
    is finished.
    """

    channel: Channel
    address: str
    content: dict[str, Any]
    missing: list[Missing]
    unsendable: Unsendable | None = None
    language: str = ""
    taken: Mapping[str, str] = {}
    size: MessageSize | None = None
    links: tuple[str, ...] = ()


def show(
    message: Message,
    recipient: Recipient,
    sending: SenderSettings,
    link_hosts: tuple[str, ...] = (),
    language: str | None = None,
) -> Shown:
    """The message for this recipient; whatever would keep it from being sent is told, not raised, each fault with its place.

    ``language``: one that the message is written in, in place of the recipient's.
    """
    worded = wording(message, chosen_language(message, recipient.reader.language) if language is None else language)
    one = as_worded(message, worded)
    missing: list[Missing] = []
    links = Links(sending.base_url, b"", "")
    # A message that requires its values is shown with gaps, so that all of them are seen, not only the first.
    filling = filling_of(one, recipient, links, all_required=False, missing=missing)
    content: dict[str, Any] = {}
    unsendable, size = None, None
    try:
        written = content_of(one)
        finished = rendered(one, written, filling, recipient.address, links, sending.sender, None, link_hosts)
        content, size = written.shown(finished, filling), written.size(finished)
    except ValueMissingError as error:
        unsendable = Unsendable(SkipReason.MISSING_VALUE, error.data.get("path", ""), error.text)
    except (TemplateError, ContentInvalidError) as error:
        unsendable = Unsendable(SkipReason.RENDER_ERROR, error.data.get("path", ""), error.text)
    if unsendable is None and message.require_values and missing:
        path, variable = missing[0]
        why = ErrorText("value_missing", "{variable} is missing", variable=variable)
        unsendable = Unsendable(SkipReason.MISSING_VALUE, path, in_field(path.removeprefix("content."), why))
    if unsendable is not None:
        unsendable = msgspec.structs.replace(unsendable, path=place_of(message, worded, unsendable.path))
    gaps = [each._replace(path=place_of(message, worded, each.path)) for each in dict.fromkeys(missing)]
    led_to = tuple(link for link in links_in(content) if not link.startswith(f"{sending.base_url}/t/"))  # ours are not shown
    return Shown(message.channel, recipient.address, content, gaps, unsendable, worded.language, worded.taken, size, led_to)


def links_in(content: object) -> tuple[str, ...]:
    """The web addresses that stand in what a message says, each once."""
    if isinstance(content, str):
        return tuple(dict.fromkeys(_ADDRESS.findall(in_attribute(content)))) if "//" in content else ()
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return tuple(dict.fromkeys(link for each in inside for link in links_in(each)))
