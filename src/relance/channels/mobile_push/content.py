"""What a push message to phones says, and the finished message it becomes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, MessageSize, is_web_link, json_size, require_text
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling, in_field
from relance.channels.mobile_push.apns_message import apns_size
from relance.channels.mobile_push.fcm_message import fcm_size
from relance.channels.mobile_push.model import InterruptionLevel, MobilePush, PushButton
from relance.channels.push_limits import check_buttons, check_certain_size, cut_body
from relance.core.error_text import ErrorText
from relance.core.time import DAY, SECOND
from relance.core.urls import web_address
from relance.links.signing import LinkKind
from relance.links.tracked import Links
from relance.templates.engine import beginning, certain_text, is_constant
from relance.templates.errors import TemplateError

PAYLOAD_LIMIT = 4096  # bytes, with FCM and with APNs
BUTTON_LIMIT = 3  # what Android shows; an iPhone shows four
DATA_LIMIT = 50  # keys
COLLAPSE_LIMIT = 64  # bytes (``apns-collapse-id``)
LONGEST_LIFE = 28 * DAY  # what FCM keeps a message for at most
LIFE = DAY  # how long a message without a validity of its own waits for a device that is away
_RESERVED = frozenset(("aps", "from", "message_type", "delivery_id", "receipts", "url", "image", "buttons"))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSAFE = frozenset(("javascript", "data", "vbscript", "file", "blob", "about", "content"))


class DeepLinkButton(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button of a push message and where it leads."""

    title: str
    url: str = ""


class MobilePushContent(Content, frozen=True, forbid_unknown_fields=True):
    """What a push message to phones says.

    ``url`` and the buttons' may have the app's own scheme. A later message of the same ``collapse_id`` takes this one's place,
    also on a device that is away. ``data`` goes to the app; a ``silent`` message goes there alone, and shows nothing.
    """

    fixed: ClassVar[frozenset[str]] = frozenset(("devices", "silent"))  # chosen before it is known in which language

    title: str = ""
    subtitle: Annotated[str, Meta(description="Shown by iPhones alone.")] = ""
    body: str = ""
    image: str = ""
    url: Annotated[str, Meta(description="Where a tap leads: a web address or one of the app's own, like shop://cart.")] = ""
    buttons: list[DeepLinkButton] = msgspec.field(default_factory=list)
    data: Annotated[dict[str, str], Meta(description="Further values for the app.")] = msgspec.field(default_factory=dict)
    collapse_id: str = ""
    sound: Annotated[str, Meta(description="A sound of the app's; empty: none.")] = "default"
    badge: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    thread: Annotated[str, Meta(description="iPhones group notifications of the same thread.")] = ""
    category: Annotated[str, Meta(description="The category that the iPhone app registered for its buttons.")] = ""
    android_channel: Annotated[str, Meta(description="The notification channel that the Android app created.")] = ""
    interruption_level: Literal["", "passive", "active", "time-sensitive", "critical"] = ""
    priority: Literal["high", "normal"] = "high"
    analytics_label: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9\-_.~%]{0,50}$", description="For Firebase's own reports.")] = ""
    devices: Literal["all", "last_active", "one_a_kind"] = "all"
    silent: bool = False

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        for name in ("title", "subtitle", "body", "image", "url"):
            yield ContentTemplate(name, getattr(self, name))
        for number, button in enumerate(self.buttons):
            yield ContentTemplate(f"buttons.{number}.title", button.title)
            yield ContentTemplate(f"buttons.{number}.url", button.url)
        for name, source in self.data.items():
            yield ContentTemplate(f"data.{name}", source)
        for name in ("collapse_id", "thread"):
            yield ContentTemplate(name, getattr(self, name))

    @override
    def check(self) -> None:
        if not self.silent:
            require_text("title", self.title)
        self._check_parts()
        for path, source, _ in self.templates():
            if path == "image" and not is_web_link(source):
                raise ContentInvalidError(
                    ErrorText("push_image", "{link!r} is not an http(s) address of a picture.", link=source.strip()[:100]),
                    path="content.image",
                )
            if path == "url" or (path.startswith("buttons.") and path.endswith(".url")):
                _check_link(path, source.strip())
        self._check_size()

    def _check_parts(self) -> None:
        check_buttons(self.buttons, BUTTON_LIMIT)
        if len(self.data) > DATA_LIMIT:
            raise ContentInvalidError(
                ErrorText(
                    "push_data_limit",
                    "A push must have at most {most} data keys (got {got:,}).",
                    most=DATA_LIMIT,
                    got=len(self.data),
                ),
                path="content.data",
            )
        for name in self.data:
            if not name.strip() or name in _RESERVED or name.startswith(("google", "gcm")):
                raise ContentInvalidError(
                    ErrorText("push_data_key", "The data key {name!r} is reserved: use another one.", name=name[:100]),
                    path="content.data",
                )

    def _check_size(self) -> None:
        """As far as it is the same for everybody."""
        texts = {path: certain_text(source).strip() for path, source, _ in self.templates()}
        size = json_size([text for text in texts.values() if text])
        check_certain_size(texts, size, PAYLOAD_LIMIT)

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> MobilePush:
        life = LIFE if envelope.life is None else min(envelope.life, LONGEST_LIFE)
        image = filling.link("image", self.image)
        data = {name: filling.field(f"data.{name}", source).strip() for name, source in self.data.items()}
        push = MobilePush(
            delivery_id=links.delivery_id,
            title=filling.line("title", self.title) if self.silent else filling.required_line("title", self.title),
            subtitle=filling.line("subtitle", self.subtitle),
            body=filling.field("body", self.body).strip(),
            image="" if image is None else image.href,
            url=_link(filling, "url", self.url),
            buttons=tuple(
                PushButton(
                    filling.line(f"buttons.{number}.title", button.title), _link(filling, f"buttons.{number}.url", button.url)
                )
                for number, button in enumerate(self.buttons)
            ),
            data={name: text for name, text in data.items() if text},
            receipts=links.to(LinkKind.PUSH) if links.tracks else "",
            collapse_id=_short(filling.line("collapse_id", self.collapse_id)) or links.delivery_id,
            ttl=max(0, life // SECOND),
            badge=self.badge,
            sound=self.sound.strip(),
            thread=filling.line("thread", self.thread),
            category=self.category.strip(),
            android_channel=self.android_channel.strip(),
            interruption_level=InterruptionLevel(self.interruption_level) if self.interruption_level else "",
            analytics_label=self.analytics_label,
            is_urgent=self.priority == "high",
            is_silent=self.silent,
        )
        return _fitted(push)

    @override
    def size(self, rendered: MobilePush) -> MessageSize:
        return MessageSize(_size(rendered), PAYLOAD_LIMIT)

    @override
    def shown(self, rendered: MobilePush, filling: Filling) -> dict[str, Any]:
        found = {name: getattr(rendered, name) for name in ("title", "subtitle", "body", "image", "url", "data")}
        found["buttons"] = [{"title": each.title, "url": each.url} for each in rendered.buttons]
        return {name: value for name, value in found.items() if value}


def _check_link(path: str, source: str) -> None:
    """Refuse what no phone could open, whatever its variables hold."""
    if not source:
        return
    start = source if is_constant(source) else beginning(source)  # what stands before the first variable
    scheme = _SCHEME.match(start)
    fits = scheme[1].lower() not in _UNSAFE if scheme else not is_constant(source)
    if fits and is_constant(source):
        fits = _is_link(source)
    if not fits:
        raise ContentInvalidError(
            ErrorText(
                "deep_link", "{link!r} is neither a web address nor one of an app's own, like shop://cart.", link=source[:100]
            ),
            path=f"content.{path}",
        )


def _is_link(text: str) -> bool:
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() in _UNSAFE or any(each.isspace() for each in text):
        return False
    return web_address(text) is not None if scheme[1].lower() in ("http", "https") else len(text) > len(scheme[0])


def _link(filling: Filling, path: str, source: str) -> str:
    """A field that is an address of the web or of the app's own, or nothing."""
    text = filling.field(path, source).strip()
    if text and not _is_link(text):
        raise TemplateError(
            in_field(
                path,
                ErrorText(
                    "deep_link", "{link!r} is neither a web address nor one of an app's own, like shop://cart.", link=text[:100]
                ),
            ),
            path=f"content.{path}",
        )
    return text


def _short(collapse_id: str) -> str:
    """As it is, or what stands for it where it is too long."""
    return collapse_id if len(collapse_id.encode()) <= COLLAPSE_LIMIT else sha256(collapse_id.encode()).hexdigest()


def _size(push: MobilePush) -> int:
    return max(apns_size(push), fcm_size(push))


def _fitted(push: MobilePush) -> MobilePush:
    """The message, its body cut where a value made the whole longer than the services take."""
    size = _size(push)
    if size <= PAYLOAD_LIMIT:
        return push
    room = PAYLOAD_LIMIT - _size(msgspec.structs.replace(push, body="…"))
    body = "" if push.is_silent else push.body
    return msgspec.structs.replace(push, body=cut_body(body, room, size, PAYLOAD_LIMIT))
