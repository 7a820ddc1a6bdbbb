"""The kinds of provider there are: the one list of them. ``transports`` says how each is opened."""

from __future__ import annotations

from relance.channels.email.providers import MAILGUN
from relance.channels.email.smtp_account import SMTP_SERVER
from relance.channels.mobile_push.apns_account import APNS
from relance.channels.mobile_push.fcm_account import FCM
from relance.channels.provider_type import ProviderType
from relance.channels.sms.providers import GENERIC_SMS, TWILIO
from relance.channels.web_push.vapid_account import VAPID
from relance.channels.webhook.account import SIGNED_WEBHOOKS

PROVIDER_TYPES: dict[str, ProviderType] = {
    each.name: each for each in (FCM, APNS, SMTP_SERVER, MAILGUN, TWILIO, GENERIC_SMS, VAPID, SIGNED_WEBHOOKS)
}
