"""Figures of messages: of deliveries on the record, of those that were trimmed, and both from history again."""
