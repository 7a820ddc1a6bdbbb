"""Complaints per sending domain: weighed by the tick whenever one comes, read and resumed by operators."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.infra.database import reading, writing
from relance.messaging.complaints import store
from relance.messaging.complaints.errors import DomainNotStoppedError
from relance.messaging.complaints.model import WINDOW, DomainComplaints, enough_to_know, is_too_often
from relance.messaging.complaints.store import stopped

__all__ = ["Complaints", "stopped", "weigh"]


def weigh(connection: Connection, domains: Iterable[tuple[int, str]], now: int) -> None:
    """Stop the marketing of those of these (app, domain), about which somebody has just complained, of which too many did."""
    for app_id, domain in sorted(set(domains)):
        last = store.stops_of(connection, app_id).get(domain)
        if not domain or (last is not None and last["resumed_at"] is None):
            continue
        since = max(now - WINDOW, 0 if last is None else last["resumed_at"])
        complained = store.complained_since(connection, app_id, domain, since)
        delivered = store.delivered_since(connection, app_id, domain, since, enough_to_know(complained))
        if is_too_often(delivered, complained):
            store.stop(connection, app_id, domain, now, delivered, complained)


class Complaints:
    """What operators see and decide."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def domains(self, app_id: int, now: int) -> list[DomainComplaints]:
        """The domains that sent something in the last 24 hours, or are stopped, by name."""
        with reading(self._engine) as connection:
            last, counted = store.stops_of(connection, app_id), store.by_domain(connection, app_id, now - WINDOW)
        names = {*counted, *(domain for domain, row in last.items() if row["resumed_at"] is None)}
        found = []
        for domain in sorted(names):
            row = last.get(domain)
            is_stopped = row is not None and row["resumed_at"] is None
            found.append(
                DomainComplaints(
                    domain,
                    *counted.get(domain, (0, 0)),
                    row["stopped_at"] if row is not None and is_stopped else None,
                    (row["delivered"], row["complained"]) if row is not None and is_stopped else (0, 0),
                    row["resumed_at"] if row is not None else None,
                )
            )
        return found

    def resume(self, app_id: int, domain: str, now: int) -> None:
        """Let a domain's marketing be sent again; what happened before is not counted any more.

        Raises ``DomainNotStoppedError``.
        """
        with writing(self._engine) as connection:
            if not store.resume(connection, app_id, domain.lower(), now):
                raise DomainNotStoppedError(
                    ErrorText("domain_not_stopped", "Marketing of {domain} is not stopped.", domain=domain), domain=domain[:253]
                )
