"""Snippets: named pieces of templates that an app's messages share."""
