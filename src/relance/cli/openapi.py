"""``relance openapi``: the REST API's document, for generating clients."""

from __future__ import annotations

import sys

from relance.core.encoding import to_json
from relance.web.app import document


def openapi() -> None:
    """Print the REST API's OpenAPI document, as JSON."""
    sys.stdout.write(to_json(document()) + "\n")
