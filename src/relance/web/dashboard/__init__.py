"""Serves the dashboard's files. Its program is TypeScript (``dashboard/``) and a client of the REST API like any other."""

from __future__ import annotations

from relance.web.dashboard.routes import handlers

__all__ = ["handlers"]
