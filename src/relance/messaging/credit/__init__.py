"""Conversions, what they brought, and the delivery each is credited to: the same whatever came first over the wire."""
