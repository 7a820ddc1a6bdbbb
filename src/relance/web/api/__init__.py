"""The REST API under ``/api/v1``: parse, ask a service, answer with a struct. One module per noun.

Reads of the state store run here in threads. Calls to the worker (history, live segments) use
``context.worker.call(name, …)``. Calls and answers are plain values; instants are ms, ids integers. A ``row`` is
``relance.events.model.PastEvent`` as a dict (``properties`` and ``context`` as JSON texts).

``settled(offset, timeout)`` → None
    Returns when the log is settled up to ``offset``; raises ``not_settled``.
``definitions_changed()`` → None
    Apps, segments, messages or journeys were written to the state store, or a test send: reload definitions, check what is due.
``timeline(app, person, before, limit)`` → ``[row]``
    ``History.timeline(app, [person], before, limit)``; ``before`` is a history cursor or None.
``events(app, event, person, before, limit)`` → ``[row]``
    ``History.events(app, event, person, before, limit)``; ``event`` (a name) and ``person`` may be None.
``event_names(app)`` → ``[{"name", "count", "first_at", "last_at"}]``
    ``History.names(app)``.
``rejected(app, after, limit)`` → ``[{"id", "received_at", "kind", "reason", "path", "detail", "payload": text, …}]``
    ``events.service.list_rejected`` over the log's store; ``after`` is an id or None.
``segment_sizes(app)`` → ``[[segment, size]]``
    Every live segment of the app.
``segments_building(app)`` → ``[{"segment", "is_new", "stage", "share", "read", "events", "people", …}]``
    ``segments.model.Building`` of each segment on its way to be live, with ``expected_at`` (real time, or None).
``members(app, segment, cursor, limit)`` → ``{"persons": [id], "next": id | None, "size": n}``
    People in a live segment with an id above ``cursor`` (0: from the start), by id; ``next`` is the cursor to continue from.
``memberships(app, person)`` → ``[segment]``
    The ids of the live segments the person is in.
``member_rows(app, segment, cursor, limit)`` → ``{"rows": [[id, external id, e-mail]], "next": id | None, "size": n}``
    The same with external ids, or None.
``members_parquet(app, segment)`` → ``{"file": name, "count": n}``
    All of them as a Parquet file in the folder ``exports`` of the data folder; the caller removes it.
``preview(app, rule)`` → ``{"count": n, "sample": [id], "at": instant}``
    ``segments.model.Preview`` of a rule (JSON form, checked already) that is not saved: from live state if all its
    conditions are live, else over history.
``explain(app, person, rule, segment)`` → ``{"person": id, "now", "member": bool | None, "explanation": {…}}``
    ``segments.explain.Explained`` of a rule (JSON form); ``segment`` (or None) adds the live membership in it.
``segment_changes(app, segment, since, until, entered, before, limit)`` → ``[{"person", …}]``
    Who entered and left in [since, until), newest first: ``person``, ``entered``, ``occurred_at``, ``late``, ``place``;
    ``entered`` and ``before`` (a ``place``) may be None.
``freshness(app)`` → ``{"now", "true_until", "waiting", "live": [segment], "building": […], "columns": [{"property", "share"}]}``
    Up to when segments are accurate, how many groups of events wait, which segments are live, and ``segments_building``.
``report(app, report, arguments)`` → ``{…}``
    ``relance.analytics.service.Reports.report(app, report, arguments, live=…, now=…)``; reports: overview, messages, skipped,
    segments, rfm.
``stats()`` → ``{"latency": {…}, …}``
"""

from __future__ import annotations

from relance.web.api.routes import handlers

__all__ = ["handlers"]
