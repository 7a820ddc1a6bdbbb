"""The few pages shown to people who follow a message's link: simple, widely readable, in English or French. Pure."""

from __future__ import annotations

from base64 import b64encode
from enum import StrEnum
from hashlib import sha256
from html import escape

from relance.channels.registry import KINDS

STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1.2em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.5em;line-height:1.25}"
    "button{font:inherit;padding:.6em 1.4em;border:0;border-radius:.4em;background:#1c4fa0;color:#fff;cursor:pointer}"
    "button:focus-visible{outline:3px solid #e08a00;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}button{background:#7aa7f5;color:#10161f}}"
)
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}


PAGE_MARK = b"by=page"  # what the page's own button posts besides what mailboxes post


class Text(StrEnum):
    """The texts of the pages."""

    ASK = "ask"
    DONE = "done"
    BROKEN = "broken"
    CONFIRM = "confirm"
    CONFIRMED = "confirmed"


_WORDS: dict[str, dict[Text, tuple[str, str]]] = {
    "en": {
        Text.ASK: (
            "Unsubscribe from messages of {app} by {channel}?",
            "Messages about your orders and your account will still reach you.",
        ),
        Text.DONE: (
            "You are unsubscribed",
            "{app} will send you no more messages of this kind by {channel}. You can close this page.",
        ),
        Text.BROKEN: ("This link does not work", "It may have been cut on its way, or what it belongs to no longer exists."),
        Text.CONFIRM: ("Is this your address?", "It was given to {app}. Once you confirm it, {app} may write to you there."),
        Text.CONFIRMED: ("Your address is confirmed", "{app} may write to you there. You can close this page."),
    },
    "fr": {
        Text.ASK: (
            "Ne plus recevoir de messages de {app} par {channel} ?",
            "Les messages sur vos commandes et votre compte vous parviendront toujours.",
        ),
        Text.DONE: (
            "C’est fait",
            "{app} ne vous enverra plus de messages de ce type par {channel}. Vous pouvez fermer cette page.",
        ),
        Text.BROKEN: ("Ce lien ne fonctionne pas", "Il a peut-être été coupé, ou ce à quoi il appartient n’existe plus."),
        Text.CONFIRM: (
            "Est-ce votre adresse ?",
            "Elle a été donnée à {app}. Une fois confirmée, {app} pourra vous y écrire.",
        ),
        Text.CONFIRMED: ("Votre adresse est confirmée", "{app} peut vous y écrire. Vous pouvez fermer cette page."),
    },
}
_BUTTONS = {
    "en": {Text.ASK: "Unsubscribe", Text.CONFIRM: "Confirm my address"},
    "fr": {Text.ASK: "Me désabonner", Text.CONFIRM: "Confirmer mon adresse"},
}
_HIDDEN = {  # what mailboxes post according to RFC 8058, and what distinguishes the page from them
    Text.ASK: '<input type="hidden" name="List-Unsubscribe" value="One-Click"><input type="hidden" name="by" value="page">'
}
_AGREES = {
    "en": "By confirming it you agree to get news and offers of {app} by e-mail, as was asked for with it.",
    "fr": "En la confirmant vous acceptez de recevoir par e-mail les nouvelles et les offres de {app}, comme demandé avec elle.",
}
AGREES_MARK = b"agrees=yes"  # posted by a page that showed ``agreement``


def language_of(accepted: str) -> str:
    """``en`` or ``fr``, whichever an ``Accept-Language`` header prefers; English if it names neither."""
    liked: dict[str, float] = {}
    for part in accepted[:1_000].split(","):
        name, _, quality = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        liked[language] = max(liked.get(language, 0.0), _quality(quality))
    return "fr" if liked.get("fr", 0.0) > liked.get("en", 0.0) else "en"


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def agreement(language: str, app: str) -> str:
    """What confirming an address implies if a consent was reported with it."""
    return _AGREES[language].replace("{app}", app)


def page(text: Text, language: str, app: str = "", agrees: str = "", channel: str = "") -> bytes:
    """A whole page. Questions have a button, which posts to the same address. ``agrees``: what it implies besides.

    ``channel`` is the one that the message came by.
    """
    said = KINDS[channel].labels[language] if channel in KINDS else ""
    heading, words = (escape(part.replace("{channel}", said).replace("{app}", app)) for part in _WORDS[language][text])
    form, more = "", ""
    if text in _BUTTONS[language]:
        hidden = _HIDDEN.get(text, "")
        if agrees:
            more, hidden = f"<p>{escape(agrees)}</p>", f'{hidden}<input type="hidden" name="agrees" value="yes">'
        form = f'<form method="post">{hidden}<button type="submit">{escape(_BUTTONS[language][text])}</button></form>'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{heading}</h1><p>{words}</p>{more}{form}</main></body></html>"
    ).encode()
