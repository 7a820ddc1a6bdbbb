"""Which worker calls take turns by app. Apart from the code that answers them, because the server needs only this list."""

from __future__ import annotations

# Calls that may read much of history, or of an app's people, and take turns by ``app``: see ``relance.web.turns`` and the worker.
QUESTIONS = frozenset({"preview", "cost", "explain", "report", "segment_changes", "suggest_properties", "suggest_values"})
FILES = frozenset({"members_parquet", "member_rows"})
# Lists of events: usually quick, but slower for an app with much history.
LISTS = frozenset({"event_names", "events", "timeline"})
