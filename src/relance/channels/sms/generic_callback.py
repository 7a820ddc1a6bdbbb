"""What a provider described by data reports. The address, which nobody else knows, is the proof. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.channels.callback import AnswerReport, CallbackContent, CallbackRequest, Fate, FateReport
from relance.channels.sms.generic_account import GenericSecrets, GenericSettings, at_path
from relance.channels.sms.keywords import keyword_in
from relance.channels.sms.number import read_number
from relance.channels.sms.twilio_callback import INBOUND, STATUS, TEXT_KEPT


def hear(settings: GenericSettings, secrets: GenericSecrets, request: CallbackRequest) -> CallbackContent:  # noqa: ARG001 - the address proves it
    """What a request says, as a form, in its query or as JSON."""
    said: dict[str, Any] = {**dict(request.query), **dict(request.form)}
    try:
        value = msgspec.json.decode(request.body) if request.body else None
    except (msgspec.DecodeError, RecursionError):
        value = None
    if isinstance(value, dict):
        said |= value

    def at(field: str) -> str:
        return at_path(said, field) or ""

    if request.what == STATUS:
        status, delivery = at(settings.status_field), at(settings.delivery_field)
        fates = (
            (settings.delivered, Fate.DELIVERED),
            (settings.no_such_number, Fate.NO_SUCH_ADDRESS),
            (settings.undelivered, Fate.UNDELIVERED),
        )
        fate = next((fate for words, fate in fates if status in words), None)
        return CallbackContent() if fate is None or not delivery else CallbackContent((FateReport(delivery, fate, status),))
    number, text, name = read_number(_plus(at(settings.from_field))), at(settings.text_field), at(settings.answer_id_field)
    if request.what != INBOUND or number is None or not name:
        return CallbackContent()
    return CallbackContent((AnswerReport(number, keyword_in(text), text[:TEXT_KEPT], name),))


def _plus(number: str) -> str:
    """Some providers leave out the plus sign of numbers that are international all the same."""
    return f"+{number}" if number[:1].isdigit() and not number.startswith("0") else number
