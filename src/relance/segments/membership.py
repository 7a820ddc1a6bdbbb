"""The door to live membership, and to previews over history: what only the worker needs, and what brings numpy along."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from relance.segments.live.engine import Live, ReadProfiles
from relance.segments.model import Preview
from relance.segments.preview import Past, preview
from relance.segments.rule import parse_rule

__all__ = ["Live", "ReadProfiles", "preview_rule"]


def preview_rule(rule: Any, app_id: int, connection: Connection, history: Past, read_profiles: ReadProfiles, now: int) -> Preview:
    """Who a rule (decoded JSON) would hold at ``now``. Raises ``RuleError``."""
    return preview(parse_rule(rule), app_id, history, read_profiles(connection, app_id), now)
