"""What an SMS says, and the text it becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, MessageSize, require_text
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import RENDERS_TO_NOTHING, Filling, in_field
from relance.channels.sms.model import Sms
from relance.channels.sms.parts import count_parts
from relance.core.error_text import ErrorText
from relance.core.time import SECOND
from relance.links.short import shortened
from relance.links.tracked import Links
from relance.templates.engine import certain_text
from relance.templates.errors import TemplateError

LONGEST = 1_600  # characters that Twilio takes


class SmsContent(Content, frozen=True, forbid_unknown_fields=True):
    """What an SMS says. A preview tells its parts and which characters make them short."""

    body: str

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        yield ContentTemplate("body", self.body)

    @override
    def check(self) -> None:
        require_text("body", self.body)
        certain = certain_text(self.body).strip()
        if len(certain) > LONGEST:
            raise ContentInvalidError(_too_long(certain), path="content.body")

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> Sms:
        body = filling.field("body", self.body).replace("\x00", "").strip()
        if not body:
            raise TemplateError(in_field("body", RENDERS_TO_NOTHING), path="content.body")
        body, short = shortened(body, links)
        if len(body) > LONGEST:
            raise TemplateError(in_field("body", _too_long(body)), path="content.body")
        life = 0 if envelope.life is None else max(1, envelope.life // SECOND)
        return Sms(to=envelope.address, body=body, life=life, delivery=links.delivery_id, links=tuple(short))

    @override
    def size(self, rendered: Sms) -> MessageSize:
        return MessageSize(len(rendered.body), LONGEST, "characters")

    @override
    def shown(self, rendered: Sms, filling: Filling) -> dict[str, Any]:
        return {"body": rendered.body, **msgspec.to_builtins(count_parts(rendered.body))}


def _too_long(text: str) -> ErrorText:
    return ErrorText("sms_length", "SMS must be at most {most:,} characters (got {got:,}).", most=LONGEST, got=len(text))
