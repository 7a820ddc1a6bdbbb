"""A certificate authority of the tests' own, and what it vouches for: as the sandbox makes them."""

from __future__ import annotations

from relance.channels.sandbox.certificate import make_authority, server_context

__all__ = ["make_authority", "server_context"]
