"""Parameters shared by many routes, typed and described once."""

from __future__ import annotations

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from relance.web.api.services import Services

LARGEST_ID = 2**63 - 1

Behind = NamedDependency[Services]

AppId = Annotated[int, PathParameter(description="The app.", ge=1, le=LARGEST_ID)]
KeyId = Annotated[int, PathParameter(description="The key.", ge=1, le=LARGEST_ID)]
SecretId = Annotated[int, PathParameter(description="The identity secret.", ge=1, le=LARGEST_ID)]
PersonId = Annotated[int, PathParameter(description="The person.", ge=1, le=LARGEST_ID)]
SegmentId = Annotated[int, PathParameter(description="The segment.", ge=1, le=LARGEST_ID)]
ListId = Annotated[int, PathParameter(description="The static list.", ge=1, le=LARGEST_ID)]
MessageId = Annotated[int, PathParameter(description="The message.", ge=1, le=LARGEST_ID)]
DeliveryId = Annotated[str, PathParameter(description="The delivery.", max_length=64)]
JourneyId = Annotated[int, PathParameter(description="The journey.", ge=1, le=LARGEST_ID)]
SnippetId = Annotated[int, PathParameter(description="The snippet.", ge=1, le=LARGEST_ID)]
CapId = Annotated[int, PathParameter(description="The cap.", ge=1, le=LARGEST_ID)]
QuietHoursId = Annotated[int, PathParameter(description="The quiet hours.", ge=1, le=LARGEST_ID)]
ProviderId = Annotated[int, PathParameter(description="The provider.", ge=1, le=LARGEST_ID)]
WebhookId = Annotated[int, PathParameter(description="The webhook.", ge=1, le=LARGEST_ID)]

Cursor = Annotated[
    str | None, QueryParameter(description="`next` of the page before; none for the first page.", max_length=1_000)
]
Archived = Annotated[bool, QueryParameter(description="Whether archived ones are listed, too.")]
Limit = Annotated[int, QueryParameter(description="Most items in the page.", ge=1, le=200)]
OfPerson = Annotated[int | None, QueryParameter(description="Only of this person.", ge=1, le=LARGEST_ID)]
