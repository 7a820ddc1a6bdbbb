"""Which of the worker's calls take turns by app. Apart from what answers them, since the server asks and does without that."""

from __future__ import annotations

# What may read much of history, or of an app's people, and takes its turn by ``app``: see ``relance.web.turns``, and the worker.
QUESTIONS = frozenset({"preview", "cost", "explain", "report", "segment_changes", "suggest_properties", "suggest_values"})
FILES = frozenset({"members_parquet", "member_rows"})
# Lists of what happened: short as a rule, yet of an app with much history each may take a while.
LISTS = frozenset({"event_names", "events", "timeline"})
