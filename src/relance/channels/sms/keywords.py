"""What people answer to an SMS to stop, to start again, or to get help: words by language. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from relance.channels.callback import Keyword

#: Without accents and in lower case. The language of whoever answers is not known for sure, so that all of them count.
WORDS: dict[Keyword, dict[str, tuple[str, ...]]] = {
    Keyword.STOP: {
        "en": ("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"),
        "fr": ("arret", "arreter", "desabonner", "desabonnement", "desinscrire", "desinscription"),
        "de": ("stopp", "abmelden", "abbestellen", "austragen", "beenden"),
        "es": ("alto", "parar", "baja", "cancelar", "detener"),
        "it": ("ferma", "basta", "annulla", "cancellami", "disiscrivimi"),
        "nl": ("afmelden", "uitschrijven", "stoppen", "stoppen aub"),
        "pt": ("pare", "sair", "remover", "descadastrar"),
    },
    Keyword.START: {
        "en": ("start", "unstop", "subscribe"),
        "fr": ("reprendre", "reabonner", "reabonnement"),
        "de": ("starten", "anmelden"),
        "es": ("alta", "iniciar", "empezar"),
        "it": ("inizia", "iscrivimi", "riprendi"),
        "nl": ("aanmelden", "inschrijven"),
        "pt": ("voltar", "comecar", "inscrever"),
    },
    Keyword.HELP: {
        "en": ("help", "info"),
        "fr": ("aide", "infos"),
        "de": ("hilfe",),
        "es": ("ayuda",),
        "it": ("aiuto",),
        "nl": ("hulp",),
        "pt": ("ajuda",),
    },
}
#: What may follow STOP without making a sentence of it. A number, as in "STOP 36111", may follow, too.
_AFTER_STOP = frozenset(
    "sms please pls pub merci svp bitte danke por favor gracias grazie aub alstublieft messages texts".split()  # noqa: SIM905
)


def _meanings(words: dict[Keyword, dict[str, tuple[str, ...]]]) -> Iterable[tuple[str, Keyword]]:
    for keyword, languages in words.items():
        for each in languages.values():
            yield from ((word, keyword) for word in each)


_MEANING = dict(_meanings(WORDS))


def keyword_in(text: str) -> Keyword | None:
    """What an answer asks for: it must be the word alone, apart from case, accents, punctuation and courtesy."""
    words = _plain(text).split()
    if not words or len(words) > 4:
        return None
    found = _MEANING.get(" ".join(words))
    if found is None and words[0] == "stop" and all(each in _AFTER_STOP or each.isdigit() for each in words[1:]):
        return Keyword.STOP
    return found


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text[:200].casefold())
    return "".join(each if each.isalnum() else " " for each in spread if not unicodedata.combining(each))
