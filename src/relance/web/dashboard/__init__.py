"""The dashboard's files. The program in them is TypeScript (``dashboard/``) and speaks to the REST API as anybody may."""

from __future__ import annotations

from relance.web.dashboard.routes import handlers

__all__ = ["handlers"]
