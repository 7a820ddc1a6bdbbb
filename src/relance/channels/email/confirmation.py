"""The mail that asks whoever reads an address whether it is theirs, in the app's language. Pure."""

from __future__ import annotations

import html

from relance.channels.email.model import Email
from relance.channels.kind import Confirmation
from relance.links.signing import LinkKind

_NAME = 100  # characters of an app's name in a subject

_WORDS = {
    "en": (
        "Confirm your address for {app}",
        "This address was given to {app}. If it was you, confirm it: {app} may then write to you here.",
        "Confirm my address",
        "If it was not you, do nothing: you will get no further mail of this kind.",
    ),
    "fr": (
        "Confirmez votre adresse pour {app}",
        "Cette adresse a été donnée à {app}. Si c’était vous, confirmez-la\u202f: {app} pourra alors vous écrire ici.",
        "Confirmer mon adresse",
        "Si ce n’était pas vous, ne faites rien\u202f: vous ne recevrez plus d’e-mail de ce genre.",
    ),
}
_BUTTON = "display:inline-block;padding:12px 22px;border-radius:6px;background:#1c4fa0;color:#ffffff;text-decoration:none"


def confirmation_mail(asking: Confirmation) -> Email:
    """The mail; no word of a visitor's is in it."""
    language = "fr" if asking.language.lower().split("-")[0] == "fr" else "en"
    name, link = " ".join(asking.app_name.split())[:_NAME], asking.links.to(LinkKind.CONFIRM)
    subject, asked, button, otherwise = (each.replace("{app}", name) for each in _WORDS[language])
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(subject)}</title></head>'
        f'<body style="font:16px/1.5 sans-serif;color:#1a1a1a;max-width:34em;margin:2em auto;padding:0 1em">'
        f'<p>{html.escape(asked)}</p><p><a href="{html.escape(link)}" style="{_BUTTON}">{html.escape(button)}</a></p>'
        f'<p style="color:#666;font-size:13px">{html.escape(otherwise)}</p></body></html>'
    )
    text = f"{asked}\n\n{button}: {link}\n\n{otherwise}"
    return Email(
        sender=asking.sender, to=asking.address, subject=subject, message_id=asking.links.delivery_id, html=page, text=text
    )
