"""HTTP only: ingest, REST, tracking links, dashboard, sandbox pages."""
