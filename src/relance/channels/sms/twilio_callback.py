"""What Twilio reports: the status of a message, and what people answer. Pure."""

from __future__ import annotations

from html import escape
from typing import Final

from relance.channels.callback import (
    AnswerReport,
    CallbackContent,
    CallbackForgedError,
    CallbackRequest,
    Fate,
    FateReport,
    Keyword,
)
from relance.channels.sms.keywords import keyword_in
from relance.channels.sms.number import read_number
from relance.channels.sms.signature import is_signed
from relance.channels.sms.twilio_account import TwilioSecrets, TwilioSettings
from relance.core.error_text import ErrorText

STATUS: Final = "status"
INBOUND: Final = "inbound"
DELIVERY: Final = "delivery"  # the query's name for ours
_XML = "application/xml"
TEXT_KEPT = 200  # characters of an answer
_FATES = {"delivered": Fate.DELIVERED, "read": Fate.DELIVERED, "undelivered": Fate.UNDELIVERED, "failed": Fate.UNDELIVERED}
#: The codes that are about the phone itself: none such, a landline, a person who answered STOP.
_OF_PHONES = {
    "21211": Fate.NO_SUCH_ADDRESS,
    "21614": Fate.NO_SUCH_ADDRESS,
    "30005": Fate.NO_SUCH_ADDRESS,
    "30006": Fate.NO_SUCH_ADDRESS,
    "21610": Fate.REFUSED,
}


def hear(settings: TwilioSettings, secrets: TwilioSecrets, request: CallbackRequest) -> CallbackContent:
    """What a request says. Raises ``CallbackForgedError`` unless Twilio signed it with the account's auth token."""
    if not is_signed(secrets.auth_token, request.url, request.form, request.headers.get("x-twilio-signature", "")):
        raise CallbackForgedError(ErrorText("callback_signature", "This request is not signed by the provider."))
    form = dict(request.form)
    if request.what == STATUS:
        return _status(form, dict(request.query).get(DELIVERY, ""))
    return _inbound(settings, form) if request.what == INBOUND else CallbackContent()


def _status(form: dict[str, str], delivery: str) -> CallbackContent:
    code = form.get("ErrorCode", "")
    fate = _FATES.get(form.get("MessageStatus", form.get("SmsStatus", "")))
    if fate is None or not delivery:  # queued, sending, sent: nothing is known yet
        return CallbackContent()
    if fate is Fate.UNDELIVERED:
        fate = _OF_PHONES.get(code, fate)
    return CallbackContent((FateReport(delivery, fate, f"{code} {form.get('ErrorMessage', '')}".strip()),))


def _inbound(settings: TwilioSettings, form: dict[str, str]) -> CallbackContent:
    number, text = read_number(form.get("From", "")), form.get("Body", "")
    told = form.get("OptOutType", "").lower()  # by Twilio's own opt-out handling, where it is on
    keyword = Keyword(told) if told in set(Keyword) else keyword_in(text)
    # Twilio answers by itself where it has understood the word.
    help_text = settings.help_text.strip() if keyword is Keyword.HELP and not told else ""
    message = f"<Message>{escape(help_text)}</Message>" if help_text else ""
    reply = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    if number is None or not form.get("MessageSid"):
        return CallbackContent(reply=reply, media_type=_XML)
    return CallbackContent((AnswerReport(number, keyword, text[:TEXT_KEPT], form["MessageSid"]),), reply, _XML)
