"""HTTP only: ingest, REST, tracking links, dashboard, inbox pages."""
