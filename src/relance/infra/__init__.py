"""The rim: databases, clock, HTTP client. Third-party drivers are imported here or in their one transport."""
