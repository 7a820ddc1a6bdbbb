"""Runs that are on the record no more: what is still known of them."""
