"""What the code says, asked once: the pages made from it, and the API's routes."""

from __future__ import annotations

from types import ModuleType

import pytest

from relance.web.app import document
from tests.docs.pages import script


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """``scripts/reference.py`` as a module."""
    return script("reference")


@pytest.fixture(scope="session")
def routes() -> set[str]:
    """The paths of the OpenAPI document."""
    return set(document()["paths"])
