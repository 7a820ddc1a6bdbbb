"""The mail that asks whoever reads an address to confirm that they want to be deleted. Pure."""

from __future__ import annotations

from relance.channels.email.layout import one_button
from relance.channels.email.model import Email
from relance.channels.kind import DeletionAsked
from relance.links.signing import LinkKind

_NAME = 100  # characters of an app's name in a subject

_WORDS = {
    "en": (
        "Delete your data at {app}?",
        "Somebody asked, by the link of an e-mail that was sent to this address, that {app} delete everything it knows of you. If"
        " you want that, confirm it within two days. It is deleted {days} later; until then you can cancel it by the same link.",
        "Look at it and confirm",
        "If you do not want that, do nothing: nothing is deleted.",
    ),
    "fr": (
        "Supprimer vos données chez {app}\u202f?",
        "Quelqu’un a demandé, par le lien d’un e-mail envoyé à cette adresse, que {app} supprime tout ce qui vous concerne."
        " Si vous le voulez, confirmez-le d’ici deux jours. La suppression a lieu {days} plus tard\u202f; d’ici là, ce même lien"
        " permet de l’annuler.",
        "Voir et confirmer",
        "Si vous ne le voulez pas, ne faites rien\u202f: rien n’est supprimé.",
    ),
}
_DAYS = {"en": ("one day", "{days} days"), "fr": ("un jour", "{days} jours")}


def deletion_mail(asking: DeletionAsked) -> Email:
    """The mail; no word of anybody's but the app's name is in it."""
    language = "fr" if asking.language.lower().split("-")[0] == "fr" else "en"
    name = " ".join(asking.app_name.split())[:_NAME]
    days = _DAYS[language][asking.days != 1].replace("{days}", str(asking.days))
    subject, asked, button, otherwise = (each.replace("{days}", days).replace("{app}", name) for each in _WORDS[language])
    link = asking.links.to(LinkKind.DELETION)
    return one_button(
        asking.sender, asking.address, asking.links.delivery_id, language, subject, asked, (button, link), otherwise
    )
