"""A snippet, and who renders it. No I/O."""

from __future__ import annotations

from typing import Literal

import msgspec


class Snippet(msgspec.Struct, frozen=True):
    """A piece of Liquid under a name. ``version`` counts edits."""

    id: int
    app_id: int
    name: str
    source: str
    version: int
    created_at: int
    updated_at: int


class SnippetUse(msgspec.Struct, frozen=True):
    """A message or another snippet that renders a snippet: itself, or by way of other snippets."""

    kind: Literal["message", "snippet"]
    id: int
    name: str
