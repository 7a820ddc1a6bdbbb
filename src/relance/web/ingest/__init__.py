"""Event ingestion by the Segment spec's HTTP interface: ``/v1/…``, outside the REST API and on a fast path of its own."""

from __future__ import annotations

from relance.web.ingest.openapi import describe
from relance.web.ingest.server import Ingest

__all__ = ["Ingest", "describe"]
