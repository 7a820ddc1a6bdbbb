"""By which way events come in. Those of one app and way go into the log in their order; ways and apps take turns."""

from __future__ import annotations

from enum import StrEnum


class Flow(StrEnum):
    """A way in."""

    LIVE = "live"  # what SDKs and servers send, to ``/v1``
    IMPORT = "import"  # history, to ``/v1/import``
    API = "api"  # records of the REST API, each of which waits until it has settled
    LINK = "link"  # what people do at the links of their messages: never kept waiting, never refused
