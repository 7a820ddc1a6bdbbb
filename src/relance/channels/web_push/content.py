"""What a web push says, and the payload it becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, is_web_link, json_size, require_text
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.channels.push_limits import check_buttons, check_certain_size, cut_body
from relance.channels.web_push.encryption import PAYLOAD_LIMIT
from relance.channels.web_push.model import Push
from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.core.time import DAY, SECOND
from relance.core.urls import WebAddress
from relance.links.signing import LinkKind
from relance.links.tracked import Links
from relance.templates.engine import certain_text

BUTTON_LIMIT = 2  # what browsers show
PUSH_LIFE = DAY  # how long a push service keeps a message that has no validity of its own
_SHOWN = ("title", "body", "image", "url", "buttons", "tag")


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button of a push message and where it leads."""

    title: str
    url: str = ""


class PushContent(Content, frozen=True, forbid_unknown_fields=True):
    """What a web push says. ``tag``: a later message of the same tag takes its place on the screen."""

    title: str
    body: str = ""
    image: str = ""
    url: str = ""
    buttons: list[Button] = msgspec.field(default_factory=list)
    tag: str = ""

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        for name in ("title", "body", "image", "url", "tag"):
            yield ContentTemplate(name, getattr(self, name))
        for number, button in enumerate(self.buttons):
            yield ContentTemplate(f"buttons.{number}.title", button.title)
            yield ContentTemplate(f"buttons.{number}.url", button.url)

    @override
    def check(self) -> None:
        check_buttons(self.buttons, BUTTON_LIMIT)
        require_text("title", self.title)
        for path, source, _ in self.templates():
            if path.rpartition(".")[2] in ("image", "url") and not is_web_link(source):
                raise ContentInvalidError(
                    ErrorText(
                        "push_link",
                        "{link!r} is not an http(s) address; a web push can open nothing else.",
                        link=source.strip()[:100],
                    ),
                    path=f"content.{path}",
                )
        self._check_size()

    def _check_size(self) -> None:
        """As far as it is the same for everybody."""
        texts = {path: certain_text(source).strip() for path, source, _ in self.templates()}
        size = json_size(texts)
        check_certain_size(texts, size, PAYLOAD_LIMIT)

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> Push:
        receipts = links.to(LinkKind.PUSH)
        payload = {
            "title": filling.required_line("title", self.title),
            "body": filling.field("body", self.body).strip(),
            "image": _plain(filling.link("image", self.image)),
            "url": _through(filling.link("url", self.url), links),
            "buttons": [
                {
                    "title": filling.line(f"buttons.{number}.title", button.title),
                    "url": _through(filling.link(f"buttons.{number}.url", button.url), links),
                }
                for number, button in enumerate(self.buttons)
            ],
            "tag": filling.line("tag", self.tag) or links.delivery_id,
            "receipts": {name: f"{receipts}/{name}" for name in ("delivered", "clicked", "dismissed")} if links.tracks else None,
        }
        ttl = max(0, (PUSH_LIFE if envelope.life is None else envelope.life) // SECOND)
        return Push(_fitted({name: value for name, value in payload.items() if value}), ttl, links.delivery_id)

    @override
    def shown(self, rendered: Push, filling: Filling) -> dict[str, Any]:
        payload = from_json(rendered.payload)
        return {name: payload[name] for name in _SHOWN if payload.get(name)}


def _plain(address: WebAddress | None) -> str:
    return "" if address is None else address.href


def _through(address: WebAddress | None, links: Links) -> str:
    return "" if address is None else links.through(address) or address.href


def _fitted(payload: dict[str, Any]) -> bytes:
    """The payload as bytes, its body cut where a value made the whole longer than push services take."""
    data = to_json(payload).encode()
    if len(data) <= PAYLOAD_LIMIT:
        return data
    room = PAYLOAD_LIMIT - json_size({**payload, "body": "…"})
    return to_json({**payload, "body": cut_body(payload.get("body", ""), room, len(data), PAYLOAD_LIMIT)}).encode()
