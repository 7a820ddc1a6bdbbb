"""The plain part of an e-mail whose author wrote only HTML. Pure."""

from __future__ import annotations

import html
import re

_SILENT = re.compile(r"<!--.*?-->|<(script|style|head|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"""<a\b[^>]*?\shref\s*=\s*["'](https?://[^"']+)["'][^>]*>(.*?)</a\s*>""", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"""<img\b[^>]*?\salt\s*=\s*["']([^"']*)["'][^>]*>""", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:address|article|blockquote|br|div|h[1-6]|hr|li|ol|p|section|table|tr|ul)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\s*\n\s*\n\s*")


def plain_text(page: str) -> str:
    """The words of an HTML page, one block a line, each link followed by its address."""
    text = _SILENT.sub("", page).replace("\n", " ")
    text = _PICTURE.sub(r"\1", _LINK.sub(r"\2 (\1)", text))
    text = html.unescape(_TAG.sub("", _BLOCK.sub("\n", text)))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()
