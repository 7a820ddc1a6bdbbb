"""What a webhook asks of another system, and the request it becomes. No value can change its host or its structure. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, MessageSize
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling, in_field
from relance.channels.posting_address import ADDRESS_LIMIT, check_address
from relance.channels.webhook.model import WebhookCall
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.links.tracked import Links
from relance.templates.engine import beginning, is_constant
from relance.templates.errors import TemplateError

BODY_LIMIT = 65_536  # bytes
MOST_LEAVES, MOST_DEPTH = 200, 10  # of a body as written
MOST_HEADERS = 20
HEADER_LIMIT = 2_048  # characters of a header's value
_OUTPUT = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_PATH = re.compile(r"\{\{-?\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*-?\}\}")
_AS_WRITTEN = "%/:?#[]@!$&'()*+,;="  # of what the author wrote: it may be encoded already
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OURS = frozenset(
    (
        *("content-length", "content-type", "host", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade"),
        *("authorization", "proxy-authorization", "cookie", "webhook-id", "webhook-timestamp", "webhook-signature"),
    )
)


class WebhookContent(Content, frozen=True, forbid_unknown_fields=True):
    """What is asked of another system. A text of the body that is one value alone, like `{{ event.total }}`, stays a number, a
    list or whatever the value is."""

    url: Annotated[str, Meta(description="The host must be written out; what values put in is encoded.")]
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    headers: Annotated[dict[str, str], Meta(description="Name to text. Secrets belong into the app's account.")] = msgspec.field(
        default_factory=dict
    )
    body: Annotated[dict[str, Any], Meta(description="JSON; the texts within are templates. GET and DELETE have none.")] = (
        msgspec.field(default_factory=dict)
    )

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        yield ContentTemplate("url", self.url)
        for name, source in self.headers.items():
            yield ContentTemplate(f"headers.{name}", source)
        for path, value in _leaves(self.body, "body", 1):
            if isinstance(value, str):
                yield ContentTemplate(path, value)

    @override
    def check(self) -> None:
        self._check_url()
        if len(self.headers) > MOST_HEADERS:
            raise ContentInvalidError(
                ErrorText(
                    "webhook_headers",
                    "A webhook must have at most {most} headers (got {got:,}).",
                    most=MOST_HEADERS,
                    got=len(self.headers),
                ),
                path="content.headers",
            )
        for name in self.headers:
            if not _HEADER.fullmatch(name) or name.lower() in _OURS:
                raise ContentInvalidError(
                    ErrorText("header_unusable", "{got!r} cannot be set as a header.", got=name[:100]), path="content.headers"
                )
        for count, _ in enumerate(_leaves(self.body, "body", 1)):
            if count >= MOST_LEAVES:
                raise ContentInvalidError(
                    ErrorText("body_leaves", "The body must have at most {most} texts.", most=MOST_LEAVES), path="content.body"
                )
        if self.body and self.method in ("GET", "DELETE"):
            raise ContentInvalidError(
                ErrorText("webhook_bodyless", "{method} has no body: leave it out.", method=self.method), path="content.body"
            )

    def _check_url(self) -> None:
        source = self.url.strip()
        start = beginning(source)
        host = start.partition("//")[2]
        if "{%" in source or not (is_constant(source) or any(mark in host for mark in "/?#")):
            raise ContentInvalidError(ErrorText("url_host_fixed", "The host must be written out."), path="content.url")
        try:
            check_address(start, private=True)  # whether it may be private is this server's affair, at the moment of sending
        except InvalidError as error:
            raise ContentInvalidError(error.text, path="content.url") from None

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> WebhookCall:
        pieces = _OUTPUT.split(self.url.strip())
        url = "".join(
            quote(filling.field("url", each).strip(), safe="") if each.startswith("{{") else quote(each, safe=_AS_WRITTEN)
            for each in pieces
            if each
        )
        if len(url) > ADDRESS_LIMIT:
            raise TemplateError(in_field("url", _too_long(ADDRESS_LIMIT, len(url))), path="content.url")
        headers = {name: filling.line(f"headers.{name}", source)[:HEADER_LIMIT] for name, source in self.headers.items()}
        body = to_json(_filled(self.body, "body", filling)).encode() if self.body else b""
        if len(body) > BODY_LIMIT:
            raise TemplateError(in_field("body", _too_long(BODY_LIMIT, len(body))), path="content.body")
        return WebhookCall(method=self.method, url=url, headers=headers, body=body, delivery=links.delivery_id)

    @override
    def size(self, rendered: WebhookCall) -> MessageSize:
        return MessageSize(len(rendered.body), BODY_LIMIT)

    @override
    def shown(self, rendered: WebhookCall, filling: Filling) -> dict[str, Any]:
        body = msgspec.json.decode(rendered.body) if rendered.body else {}
        found = {"method": rendered.method, "url": rendered.url, "headers": rendered.headers, "body": body}
        return {name: value for name, value in found.items() if value}


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """What stands within a body, each with its path. Raises ``ContentInvalidError`` where it is too deep."""
    if depth > MOST_DEPTH:
        raise ContentInvalidError(
            ErrorText("body_depth", "Objects and lists must be nested at most {most} levels deep.", most=MOST_DEPTH),
            path="content.body",
        )
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}", depth + 1)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}.{number}", depth + 1)
    else:
        yield path, value


def _filled(value: Any, path: str, filling: Filling) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, f"{path}.{name}", filling) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, f"{path}.{number}", filling) for number, one in enumerate(value)]
    if not isinstance(value, str):
        return value
    text = filling.field(path, value)
    alone = _PATH.fullmatch(value.strip())
    given = None if alone is None else _at(filling.values, alone[1])
    return text if given is None or isinstance(given, str) else given


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, int | float | bool | list | dict) else None


def _too_long(most: int, got: int) -> ErrorText:
    return ErrorText("webhook_size", "It must be at most {most:,} bytes (got {got:,}).", most=most, got=got)
