"""Webhooks as messages: what another system is asked about one person, signed."""
