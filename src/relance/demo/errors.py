"""Errors that stop a demo."""

from __future__ import annotations

from relance.core.errors import RelanceError


class MissingDataError(RelanceError):
    """The demo's purchases come from the package `lifetimes`, which is not installed (``pip install relance[demo]``)."""

    code = "demo_data_missing"


class StoryError(RelanceError):
    """The story did not go as expected; the message says where."""

    code = "story_failed"
