"""The ways in which events arrive. The log keeps the order within one app and way; apps and ways take turns."""

from __future__ import annotations

from enum import StrEnum


class Flow(StrEnum):
    """A way in."""

    LIVE = "live"  # SDKs and servers, through ``/v1``
    IMPORT = "import"  # history, through ``/v1/import``
    API = "api"  # records of the REST API, each of which waits until it has settled
    LINK = "link"  # clicks and opens of messages: never delayed, never refused
