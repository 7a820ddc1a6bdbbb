"""Segments: rules, their three evaluators, and live membership."""
