"""Reports: RFM, attribution, figures of messages and segments. Read-only."""
