"""A provider described by data: how a text is posted to it, what its answers mean, and what it reports. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext, ProviderSettings
from relance.channels.sms.price import check_price
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

MOST_LEAVES = 200  # of a body
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_KEEPS_SECRETS = frozenset(("authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "x-auth-token", "cookie"))
_OURS = frozenset(("content-length", "content-type", "host", "transfer-encoding", "connection"))
SECRETS = ("key", "password")
NAMES = ("to", "to_digits", "body", "sender", "delivery", "callback_url", *SECRETS)

Path = Annotated[str, Meta(max_length=200)]


class AnswerRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer means where all that is given fits: its status, and what stands at a path in its JSON."""

    means: Annotated[
        Literal["accepted", "invalid_number", "opted_out", "throttled", "wrong_key", "refused"],
        Meta(description="What it means."),
    ]
    statuses: Annotated[tuple[int, ...], Meta(max_length=50, description="HTTP statuses; empty: any.")] = ()
    path: Annotated[Path, Meta(description="Where in the JSON, as messages.0.status; empty: nowhere.")] = ""
    values: Annotated[tuple[str, ...], Meta(max_length=100, description="What stands there, as text; empty: anything.")] = ()


class GenericSettings(ProviderSettings, frozen=True, forbid_unknown_fields=True):
    """How a provider with an HTTP API of its own is used.

    Texts may hold `{{ to }}`, `{{ to_digits }}` (without +), `{{ body }}`, `{{ sender }}`, `{{ delivery }}`,
    `{{ callback_url }}`, and the secrets `{{ key }}` and `{{ password }}`.
    """

    url: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=2_000,
            title="Address",
            description="What is posted to.",
            extra_json_schema={"format": "uri"},
        ),
    ]
    sender: Annotated[str, Meta(max_length=32, title="From", description="A number or a name, as the provider wants it.")] = ""
    method: Annotated[Literal["POST", "PUT", "GET"], Meta(title="Method", description="Usually POST.")] = "POST"
    headers: Annotated[dict[str, str], Meta(max_length=20, title="Headers", description="Name to text.")] = msgspec.field(
        default_factory=dict
    )
    user: Annotated[
        str, Meta(max_length=200, title="User", description="For Basic authentication, with the secret password.")
    ] = ""
    encoding: Annotated[Literal["json", "form"], Meta(title="Form of the body", description="JSON or a form.")] = "json"
    body: Annotated[
        dict[str, Any], Meta(max_length=50, title="Body", description="What is posted; texts within are filled in.")
    ] = msgspec.field(default_factory=dict)
    id_path: Annotated[Path, Meta(title="Path of the id", description="Where the answer names the message, as data.id.")] = ""
    answers: Annotated[
        tuple[AnswerRule, ...],
        Meta(max_length=50, title="Answers", description="The first that fits counts; otherwise the status."),
    ] = ()
    delivery_field: Annotated[
        Path, Meta(title="Report: message", description="Field that holds our `{{ delivery }}` in a status report.")
    ] = "delivery"
    status_field: Annotated[Path, Meta(title="Report: status", description="Field of a report that holds the status.")] = "status"
    delivered: Annotated[
        tuple[str, ...], Meta(max_length=50, title="Report: arrived", description="Statuses of what arrived.")
    ] = ("delivered",)
    undelivered: Annotated[
        tuple[str, ...],
        Meta(max_length=50, title="Report: not arrived", description="Statuses of what did not arrive this time."),
    ] = ("failed", "undelivered", "expired")
    no_such_number: Annotated[
        tuple[str, ...], Meta(max_length=50, title="Report: no such number", description="Statuses that end the number.")
    ] = ()
    from_field: Annotated[Path, Meta(title="Answer: number", description="Field that holds who answered.")] = "from"
    text_field: Annotated[Path, Meta(title="Answer: text", description="Field that holds what was answered.")] = "text"
    answer_id_field: Annotated[Path, Meta(title="Answer: id", description="Field that names the answer.")] = "id"
    price_per_part: Annotated[
        str, Meta(max_length=16, title="Price per part", description="As 0.0750; shown before sending, never charged.")
    ] = ""
    currency: Annotated[str, Meta(max_length=3, title="Currency of the price", description="As EUR.")] = ""


class GenericSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that messages are ours."""

    key: Annotated[str, Meta(max_length=4_000, title="Key", description="Stands for `{{ key }}`.")] = ""
    password: Annotated[str, Meta(max_length=4_000, title="Password", description="Of the user, and for `{{ password }}`.")] = ""


def check_account(settings: GenericSettings, secrets: GenericSecrets, context: ProviderContext) -> None:
    """Raises ``InvalidError`` at the field that cannot be used."""
    for path, text in _texts(settings):
        for name in _PLACEHOLDER.findall(text):
            if name not in NAMES:
                raise InvalidError(
                    ErrorText(
                        "placeholder_unknown", "Placeholder {got!r} does not exist. Use one of: {known}.", got=name, known=NAMES
                    ),
                    path=path,
                )
            if name in SECRETS and not getattr(secrets, name):
                raise InvalidError(
                    ErrorText("placeholder_secret", "The secret {name} is used here, but not set.", name=name),
                    path=f"secrets.{name}",
                )
    try:
        check_address(_PLACEHOLDER.sub("0", settings.url), private=context.private)
    except InvalidError as error:
        raise InvalidError(error.text, path="settings.url") from None
    if "{{" in settings.url.partition("//")[2].partition("/")[0]:
        raise InvalidError(ErrorText("url_host_fixed", "The host must be written out."), path="settings.url")
    _check_headers(settings)
    if settings.encoding == "form" and not all(isinstance(value, str | int) for value in settings.body.values()):
        raise InvalidError(ErrorText("form_flat", "A form holds texts and numbers only."), path="settings.body")
    if "body" not in {name for _, text in _texts(settings) for name in _PLACEHOLDER.findall(text)}:
        raise InvalidError(
            ErrorText("body_unused", "The placeholder body must be used: it is the text of the message."), path="settings.body"
        )
    check_price(settings.price_per_part, settings.currency)


def _check_headers(settings: GenericSettings) -> None:
    for name, value in settings.headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS or any(ord(each) < 32 or ord(each) == 127 for each in value):
            raise InvalidError(
                ErrorText("header_unusable", "{got!r} cannot be set as a header.", got=name), path="settings.headers"
            )
        if name.lower() in _KEEPS_SECRETS and not set(_PLACEHOLDER.findall(value)) & set(SECRETS):
            raise InvalidError(
                ErrorText(
                    "header_secret",
                    "Header {name} would expose a secret: use the placeholder key there, and set the secret key.",
                    name=name,
                ),
                path="settings.headers",
            )


def _texts(settings: GenericSettings) -> Iterator[tuple[str, str]]:
    yield "settings.url", settings.url
    yield from (("settings.headers", value) for value in settings.headers.values())
    for count, text in enumerate(leaves(settings.body)):
        if count >= MOST_LEAVES:
            raise InvalidError(
                ErrorText("body_leaves", "The body must have at most {most} texts.", most=MOST_LEAVES), path="settings.body"
            )
        yield "settings.body", text


def leaves(value: Any) -> Iterator[str]:
    """The texts within a JSON value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            yield one


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; what is filled in is not read again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def filled_value(value: Any, values: Mapping[str, str]) -> Any:
    """The same for the texts within a JSON value."""
    if isinstance(value, dict):
        return {name: filled_value(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [filled_value(one, values) for one in value]
    return filled(value, values) if isinstance(value, str) else value


def at_path(value: Any, path: str) -> str | None:
    """What stands at a dotted path of a JSON value, as text; None if nothing does."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step[:6]) < len(value):
            value = value[int(step[:6])]
        else:
            return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
