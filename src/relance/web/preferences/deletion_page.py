"""The page behind the link of the mail that asks to confirm a deletion. Pure."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from relance.templates.dates import reader, written
from relance.users.deletion_requests.model import DeletionRequest, DeletionState
from relance.web.preferences.page import plain_page
from relance.web.preferences.words import WORDS

_BUTTONS = {"ask": ("confirm", "ask_button"), "scheduled": ("cancel", "cancel_button")}


class DeletionPage(NamedTuple):
    """What it shows. ``address`` is masked; ``days`` the app's term."""

    app: str
    address: str
    language: str
    days: int
    zone: str


def day_of(request: DeletionRequest | None, zone: str, language: str) -> str:
    """The day on which it takes place, in words; empty before it is confirmed."""
    if request is None or request.due_at is None:
        return ""
    return written(reader(zone, language, request.due_at).moment, "long", language)


def deletion_page(shown: DeletionPage, request: DeletionRequest, now: int) -> bytes:
    """What has become of the request, and the one thing that its link can do about it now."""
    state = _NAMES[request.state_at(now)]
    words = WORDS[shown.language]
    term = words["one_day"] if shown.days == 1 else words["days"].replace("{n}", str(shown.days))
    values = {
        "{app}": shown.app,
        "{address}": shown.address,
        "{days}": term,
        "{day}": day_of(request, shown.zone, shown.language),
    }

    def say(name: str) -> str:
        text = words.get(name, "")
        for mark, value in values.items():
            text = text.replace(mark, value)
        return escape(text)

    form = ""
    if state in _BUTTONS:
        action, label = _BUTTONS[state]
        look = ' class="plain"' if action == "cancel" else ""
        button = f'<button{look} name="action" value="{action}">{say(label)}</button>'
        form = f'<form method="post" action="?lang={shown.language}">{button}</form>'
    return plain_page(shown.app, shown.language, say(f"{state}_title"), f"<p>{say(f'{state}_text')}</p>{form}")


_NAMES = {
    DeletionState.ASKED: "ask",
    DeletionState.EXPIRED: "expired",
    DeletionState.SCHEDULED: "scheduled",
    DeletionState.UNDER_WAY: "under_way",
    DeletionState.DONE: "done",
    DeletionState.CANCELLED: "cancelled",
    DeletionState.VOID: "void",
}
