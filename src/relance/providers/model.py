"""What a provider of an app is. No I/O."""

from __future__ import annotations

from typing import Any

import msgspec


class Provider(msgspec.Struct, frozen=True):
    """One account with a provider. ``type`` names its ``ProviderType``; ``version`` counts edits.

    ``secrets`` is encrypted; ``secret_names`` says which are set. Of an app's providers for a channel (and for each of
    its services, where it has several) at most one is active: the app's messages go through it. Without one they go through the
    server's own, if it has one.
    """

    id: int
    app_id: int
    channel: str
    type: str
    name: str
    settings: dict[str, Any]
    secrets: str
    secret_names: tuple[str, ...]
    is_active: bool
    version: int
    created_at: int
    created_by: str
    updated_at: int
