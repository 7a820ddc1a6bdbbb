"""The dashboard's files. The program behind them is TypeScript, in ``dashboard/``; it speaks to the REST API like anybody else."""

from __future__ import annotations

from relance.web.dashboard.routes import handlers

__all__ = ["handlers"]
