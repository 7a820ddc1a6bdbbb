"""What Twilio reports: the status of a message, and what people answer. Pure."""

from __future__ import annotations

from html import escape
from typing import Final

from relance.channels.callback import AnswerReport, CallbackForgedError, CallbackRequest, Fate, FateReport, Heard, Wish
from relance.channels.sms.keywords import wish_in
from relance.channels.sms.number import read_number
from relance.channels.sms.signature import is_signed
from relance.channels.sms.twilio_account import TwilioSecrets, TwilioSettings
from relance.core.error_text import ErrorText

STATUS: Final = "status"
INBOUND: Final = "inbound"
DELIVERY: Final = "delivery"  # the query's name for ours
_XML = "application/xml"
_TEXT_KEPT = 200  # characters of an answer
_FATES = {"delivered": Fate.DELIVERED, "read": Fate.DELIVERED, "undelivered": Fate.UNDELIVERED, "failed": Fate.UNDELIVERED}
#: The codes that are about the phone itself: none such, a landline, a person who answered STOP.
_OF_PHONES = {
    "21211": Fate.NO_SUCH_ADDRESS,
    "21614": Fate.NO_SUCH_ADDRESS,
    "30005": Fate.NO_SUCH_ADDRESS,
    "30006": Fate.NO_SUCH_ADDRESS,
    "21610": Fate.REFUSED,
}


def hear(settings: TwilioSettings, secrets: TwilioSecrets, request: CallbackRequest) -> Heard:
    """What a request says. Raises ``CallbackForgedError`` unless Twilio signed it with the account's auth token."""
    if not is_signed(secrets.auth_token, request.url, request.form, request.headers.get("x-twilio-signature", "")):
        raise CallbackForgedError(ErrorText("callback_signature", "This request is not signed by the provider."))
    form = dict(request.form)
    if request.what == STATUS:
        return _status(form, dict(request.query).get(DELIVERY, ""))
    return _inbound(settings, form) if request.what == INBOUND else Heard()


def _status(form: dict[str, str], delivery: str) -> Heard:
    code = form.get("ErrorCode", "")
    fate = _FATES.get(form.get("MessageStatus", form.get("SmsStatus", "")))
    if fate is None or not delivery:  # queued, sending, sent: nothing is known yet
        return Heard()
    if fate is Fate.UNDELIVERED:
        fate = _OF_PHONES.get(code, fate)
    return Heard((FateReport(delivery, fate, f"{code} {form.get('ErrorMessage', '')}".strip()),))


def _inbound(settings: TwilioSettings, form: dict[str, str]) -> Heard:
    number, text = read_number(form.get("From", "")), form.get("Body", "")
    told = form.get("OptOutType", "").lower()  # by Twilio's own opt-out handling, where it is on
    wish = Wish(told) if told in set(Wish) else wish_in(text)
    # Twilio answers by itself where it has understood the word.
    help_text = settings.help_text.strip() if wish is Wish.HELP and not told else ""
    message = f"<Message>{escape(help_text)}</Message>" if help_text else ""
    reply = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    if number is None or not form.get("MessageSid"):
        return Heard(reply=reply, media_type=_XML)
    return Heard((AnswerReport(number, wish, text[:_TEXT_KEPT], form["MessageSid"]),), reply, _XML)
