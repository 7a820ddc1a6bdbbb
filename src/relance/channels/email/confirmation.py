"""The mail that asks whoever reads an address whether it is theirs, in the app's language. Pure."""

from __future__ import annotations

from relance.channels.email.layout import one_button
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


def confirmation_mail(asking: Confirmation) -> Email:
    """The mail; no word of a visitor's is in it."""
    language = "fr" if asking.language.lower().split("-")[0] == "fr" else "en"
    name, link = " ".join(asking.app_name.split())[:_NAME], asking.links.to(LinkKind.CONFIRM)
    subject, asked, button, otherwise = (each.replace("{app}", name) for each in _WORDS[language])
    return one_button(
        asking.sender, asking.address, asking.links.delivery_id, language, subject, asked, (button, link), otherwise
    )
