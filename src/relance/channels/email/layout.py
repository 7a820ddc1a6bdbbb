"""The program's own mails: a sentence, one button, and what happens otherwise. Pure."""

from __future__ import annotations

import html

from relance.channels.email.model import Email

_BUTTON = "display:inline-block;padding:12px 22px;border-radius:6px;background:#1c4fa0;color:#ffffff;text-decoration:none"


def one_button(
    sender: str, to: str, message_id: str, language: str, subject: str, asked: str, button: tuple[str, str], otherwise: str
) -> Email:
    """``button`` is what it says and where it leads."""
    label, link = button
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(subject)}</title></head>'
        f'<body style="font:16px/1.5 sans-serif;color:#1a1a1a;max-width:34em;margin:2em auto;padding:0 1em">'
        f'<p>{html.escape(asked)}</p><p><a href="{html.escape(link)}" style="{_BUTTON}">{html.escape(label)}</a></p>'
        f'<p style="color:#666;font-size:13px">{html.escape(otherwise)}</p></body></html>'
    )
    text = f"{asked}\n\n{label}: {link}\n\n{otherwise}"
    return Email(sender=sender, to=to, subject=subject, message_id=message_id, html=page, text=text)
