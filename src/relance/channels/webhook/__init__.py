"""Signed posts to other systems."""
