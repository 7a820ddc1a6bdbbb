"""The state store's and the log's migrations, one folder each. A revision that has landed never changes."""
