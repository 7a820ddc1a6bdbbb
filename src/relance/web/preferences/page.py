"""The preference page as HTML: simple, without scripts, and without anything from another host. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from html import escape
from typing import NamedTuple

from relance.users.model import GENERAL, OwnLimit
from relance.web.preferences.form import KEEP, LIMITS, Wordings
from relance.web.preferences.standing import Choices
from relance.web.preferences.words import WORDS
from relance.web.tracking.pages import HEADERS as PAGE_HEADERS
from relance.web.tracking.pages import STYLE_HASH as BROKEN_STYLE_HASH

STYLE = (
    ":root{color-scheme:light dark;--text:#1a1a1a;--soft:#595959;--ground:#fff;--line:#d7d7d7;--accent:#1c4fa0;--on:#fff;"
    "--note:#e8f1ff}"
    "@media(prefers-color-scheme:dark){:root{--text:#eee;--soft:#b0b0b0;--ground:#161616;--line:#444;--accent:#7aa7f5;"
    "--on:#10161f;--note:#1d2a40}}"
    "*{box-sizing:border-box}"
    "body{font:17px/1.5 system-ui,sans-serif;max-width:36em;margin:6vh auto 10vh;padding:0 1.2em;color:var(--text);"
    "background:var(--ground);overflow-wrap:anywhere}"
    "header{display:flex;justify-content:space-between;align-items:center;gap:1em;min-height:2.5em}"
    "header img{max-height:3em;max-width:12em}header a{flex:none}"
    "h1{font-size:1.5em;line-height:1.25;margin:.6em 0 .2em}"
    ".soft,small{color:var(--soft)}small{display:block;font-size:.85em}"
    "fieldset{border:0;border-top:1px solid var(--line);margin:1.6em 0 0;padding:1.1em 0 0}"
    "legend{float:left;width:100%;padding:0;font-weight:600;margin-bottom:.4em}legend+*{clear:both}"
    "label.row{display:flex;gap:.7em;align-items:flex-start;padding:.35em 0}"
    "label.row input{margin:.25em 0 0;width:1.15em;height:1.15em;flex:none;accent-color:var(--accent)}"
    "input[type=time],select{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);"
    "border-radius:.4em;padding:.35em .5em}"
    ".times{display:flex;flex-wrap:wrap;gap:.5em 1em;padding-left:1.9em}"
    "button{font:inherit;padding:.6em 1.4em;border:1px solid var(--accent);border-radius:.4em;background:var(--accent);"
    "color:var(--on);cursor:pointer}"
    "button.plain{background:none;color:var(--accent)}a{color:var(--accent)}"
    ":focus-visible{outline:3px solid #e08a00;outline-offset:3px}"
    ".done{display:flex;flex-wrap:wrap;gap:.6em 1em;align-items:center;justify-content:space-between;"
    "background:var(--note);border-radius:.5em;padding:.8em 1em;margin:1em 0}.done p{margin:0}"
    ".end{border-top:1px solid var(--line);margin-top:2em;padding-top:1.4em}"
)
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}' 'sha256-{BROKEN_STYLE_HASH}'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
}

ABOUT_DELETION = frozenset(("mailed", "mailed_before", "too_often", "scheduled"))  # notes of what came of asking for one

Say = Callable[[str], str]


class PreferencePage(NamedTuple):
    """What one page shows. ``logo`` is a data URL, or empty. ``titles``: topic → its name to people. ``note`` names the words of
    what just happened; ``before``: what it was until then, which can be had again. ``offers_deletion``: a mail to the address can
    confirm one; ``deletion`` names the words of the one that is open, ``deleted_on`` the day in words.
    """

    app: str
    logo: str
    address: str
    language: str
    choices: Choices
    titles: Mapping[str, str]
    note: str = ""
    before: Choices | None = None
    offers_deletion: bool = False
    deletion: str = ""
    deleted_on: str = ""


def preference_page(shown: PreferencePage) -> bytes:
    """The whole page."""
    say = _speaker(shown)
    title = say("title")
    logo = (
        f'<img src="{escape(shown.logo)}" alt="{escape(shown.app)}">' if shown.logo else f"<strong>{escape(shown.app)}</strong>"
    )
    subject = f'<p class="soft">{say("for").replace("{address}", escape(shown.address))}</p>' if shown.address else ""
    parts = [
        f'<!doctype html><html lang="{shown.language}"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head><body>',
        f"<header>{logo}{_other_language(shown.language)}</header><main><h1>{title}</h1>{subject}",
        _note(shown, say),
        _deletion_note(shown, say),
        f'<form method="post" action="?lang={shown.language}">',
        *(_hidden("shown", name) for name in _names(shown.choices)),
        _channels(shown.choices, say),
        _topics(shown, say),
        _limit(shown.choices.limit, say),
        _quiet(shown.choices, say),
        _language(shown.choices.language, say),
        f'<p><button name="action" value="save">{say("save")}</button></p></form>',
        _leave(shown, say),
        _offer_deletion(shown, say),
        "</main></body></html>",
    ]
    return "".join(parts).encode()


def message_page(app: str, language: str, word: str) -> bytes:
    """A page that only says why nothing was done."""
    return plain_page(app, language, escape(WORDS[language][word]))


def plain_page(app: str, language: str, title: str, body: str = "") -> bytes:
    """A page of a title and what stands below it, both as HTML."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><header><strong>{escape(app)}</strong>{_other_language(language)}</header><main><h1>{title}</h1>{body}</main></body>"
        "</html>"
    ).encode()


def wordings(shown: PreferencePage) -> Wordings:
    """The words beside the boxes, as they are kept with what was agreed to."""
    words = WORDS[shown.language]
    ask, topics = words["channels"].replace("{app}", shown.app), words["topics"]
    return Wordings(
        {each.name: f"{ask} {words[f'channel:{each.name}']}" for each in shown.choices.channels},
        {each.name: f"{topics} {shown.titles[each.name]}" for each in shown.choices.topics},
    )


def _speaker(shown: PreferencePage) -> Say:
    words = WORDS[shown.language]
    return lambda name: escape(words[name].replace("{app}", shown.app).replace("{day}", shown.deleted_on))


def _other_language(language: str) -> str:
    other = "fr" if language == "en" else "en"
    return f'<a href="?lang={other}" hreflang="{other}" lang="{other}">{WORDS[other][f"language:{other}"]}</a>'


def _names(choices: Choices) -> list[str]:
    return [
        *(f"channel:{each.name}" for each in choices.channels if not each.is_locked),
        *(f"topic:{each.name}" for each in choices.topics),
    ]


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _note(shown: PreferencePage, say: Say) -> str:
    if not shown.note or (shown.deletion and shown.note in ABOUT_DELETION):
        return ""
    undo = "" if shown.before is None else _undo(shown.before, say)
    return f'<div class="done" role="status"><p>{say(shown.note)}</p>{undo}</div>'


def _undo(before: Choices, say: Say) -> str:
    """What was chosen until now, as a form that posts it again."""
    fields = [_hidden("shown", name) for name in _names(before)]
    fields += [_hidden("channel", name) for name in sorted(before.on)]
    fields += [_hidden("topic", each.name) for each in before.topics if each.is_on]
    if before.quiet_hours is not None:
        fields += [_hidden("quiet", "on"), _hidden("quiet_start", before.quiet_hours.start)]
        fields += [_hidden("quiet_end", before.quiet_hours.end)]
    fields += [_hidden("limit", _named(before.limit)), _hidden("language", before.language or "none")]
    if _named(before.limit) == KEEP and before.limit is not None:
        fields += [_hidden("most", str(before.limit.most)), _hidden("rolling", before.limit.rolling)]
    return f'<form method="post">{"".join(fields)}<button class="plain" name="action" value="undo">{say("undo")}</button></form>'


def _box(kind: str, name: str, value: str, label: str, *, on: bool, off: bool = False, more: str = "") -> str:
    state = (" checked" if on else "") + (" disabled" if off else "")
    field = f'<input type="{kind}" name="{name}" value="{escape(value)}"{state}>'
    return f'<label class="row">{field}<span>{label}{more}</span></label>'


def _channels(choices: Choices, say: Say) -> str:
    rows = [
        _box(
            *("checkbox", "channel", each.name, say(f"channel:{each.name}")),
            on=each.is_on,
            off=each.is_locked,
            more=f"<small>{say('locked')}</small>" if each.is_locked else "",
        )
        for each in choices.channels
    ]
    return f"<fieldset><legend>{say('channels')}</legend>{''.join(rows)}<small>{say('channels_help')}</small></fieldset>"


def _topics(shown: PreferencePage, say: Say) -> str:
    if not shown.choices.topics:
        return ""
    rows = [_box("checkbox", "topic", each.name, escape(shown.titles[each.name]), on=each.is_on) for each in shown.choices.topics]
    return f"<fieldset><legend>{say('topics')}</legend>{''.join(rows)}</fieldset>"


def _named(limit: OwnLimit | None) -> str:
    return next((name for name, each in LIMITS.items() if each == limit), KEEP)


def _limit(limit: OwnLimit | None, say: Say) -> str:
    chosen = _named(limit)
    rows = [_box("radio", "limit", name, say(f"limit:{name}"), on=name == chosen) for name in LIMITS]
    if limit is not None and chosen == KEEP:
        label = say("limit:keep").replace("{most}", str(limit.most)).replace("{rolling}", escape(limit.rolling))
        rows.append(_box("radio", "limit", KEEP, label, on=True))
    return f"<fieldset><legend>{say('fewer')}</legend>{''.join(rows)}</fieldset>"


def _quiet(choices: Choices, say: Say) -> str:
    hours = choices.quiet_hours
    start, end = ("22:00", "08:00") if hours is None else (hours.start, hours.end)
    times = "".join(
        f'<label>{say(f"quiet_{name}")} <input type="time" name="quiet_{name}" value="{escape(value)}"></label>'
        for name, value in (("start", start), ("end", end))
    )
    box = _box("checkbox", "quiet", "on", say("quiet_box"), on=hours is not None)
    return f'<fieldset><legend>{say("quiet")}</legend>{box}<div class="times">{times}</div></fieldset>'


def _language(chosen: str, say: Say) -> str:
    options = [("none", say("language_none"))] if not chosen else []
    options += [(name, say(f"language:{name}")) for name in ("en", "fr")]
    options += [(chosen, escape(chosen))] if chosen not in ("", "en", "fr") else []
    fields = "".join(
        f'<option value="{value}"{" selected" if value == (chosen or "none") else ""}>{label}</option>'
        for value, label in options
    )
    select = f'<select name="language" aria-label="{say("language")}">{fields}</select>'
    return f"<fieldset><legend>{say('language')}</legend>{select}</fieldset>"


def _leave(shown: PreferencePage, say: Say) -> str:
    if not shown.choices.on:
        return ""
    button = f'<button class="plain" name="action" value="leave">{say("leave")}</button>'
    return f'<form method="post" class="end">{button}<small>{say("leave_help")}</small></form>'


def _deletion_note(shown: PreferencePage, say: Say) -> str:
    """What is under way stands at the top, with the button that ends it, and what has just come of asking."""
    if not shown.deletion:
        return ""
    said, role = (shown.note, ' role="status"') if shown.note in ABOUT_DELETION else (f"deletion:{shown.deletion}", "")
    button = f'<button class="plain" name="action" value="keep">{say("keep")}</button>'
    form = f'<form method="post" action="?lang={shown.language}">{button}</form>'
    return f'<div class="done"{role}><p>{say(said)}</p>{"" if shown.deletion == "under_way" else form}</div>'


def _offer_deletion(shown: PreferencePage, say: Say) -> str:
    if not shown.offers_deletion or shown.deletion:
        return ""
    button = f'<button class="plain" name="action" value="delete">{say("delete")}</button>'
    help_ = say("delete_help").replace("{address}", escape(shown.address))
    return f'<form method="post" action="?lang={shown.language}" class="end">{button}<small>{help_}</small></form>'


def title_of(topic: str, titles: Mapping[str, str], language: str, say_general: str) -> str:
    """A topic's name to people: in their language, in any, or as it is."""
    if topic == GENERAL:
        return say_general
    return titles.get(language) or next(iter(titles.values()), "") or topic
