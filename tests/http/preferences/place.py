"""A shop whose preference page is asked over HTTP, with a worker that settles by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from litestar.testing import TestClient

from relance.accounts.model import TopicTitles
from relance.accounts.service import Accounts
from relance.core.time import SECOND
from relance.infra.database import writing
from relance.links.signing import LinkKind, sign
from relance.messaging.store import DELIVERIES
from tests.http.tracking.test_tracking import delivery_row
from tests.service.pipeline.rig import Rig

SECRET = b"s" * 32
DELIVERY = "0c" * 16
ADDRESS = "lea@example.org"
LOGO = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


class WorkerByHand:
    """Settles what the log holds as soon as somebody waits for it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.calls: list[str] = []

    async def call(self, name: str, **_: Any) -> Any:
        self.calls.append(name)
        if name == "settled":
            self.rig.settle()


class Place:
    """A shop with two topics, and Lea, who got a mail by the link of which she comes."""

    def __init__(self, rig: Rig, client: TestClient[Any], worker: WorkerByHand) -> None:
        self.rig, self.client, self.worker = rig, client, worker
        self.url = f"/t/s/{sign(SECRET, DELIVERY, LinkKind.PREFERENCES)}"
        topics = (TopicTitles("offers", {"en": "Offers & sales", "fr": "Offres"}), TopicTitles("tips", {"en": "Tips"}))
        accounts = Accounts(rig.state)
        version = accounts.app(rig.app).version
        accounts.update_app(rig.app, 0, version=version, name="Moon & Co", topics=topics, logo=LOGO)
        rig.write(rig.identify("lea", 1, first_name="Léa", email=ADDRESS, phone="+33612345678", consent={"email": True}))
        rig.settle()
        found = rig.people.find(rig.app, "user_id", "lea")
        assert found is not None
        self.person = found.id
        about = {"app_id": rig.app, "person_id": self.person, "address": ADDRESS}
        with writing(rig.state) as connection:
            connection.execute(DELIVERIES.insert(), [delivery_row(DELIVERY) | about])

    def get(self, **headers: str) -> str:
        answer = self.client.get(self.url, headers=headers)
        assert answer.status_code == 200
        return answer.text

    def fields(self, page: str, action: str) -> dict[str, list[str]]:
        """What a browser would post by the button of this action, if nobody touched the form."""
        [form] = [each for each in re.findall(r"<form.*?</form>", page) if f'value="{action}"' in each]
        fields: dict[str, list[str]] = {"action": [action]}
        for tag in re.findall(r"<input[^>]*>", form):
            about = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
            if (about["type"] in ("checkbox", "radio") and " checked" not in tag) or " disabled" in tag:
                continue
            fields.setdefault(about["name"], []).append(about["value"])
        if "<select" in form:
            fields["language"] = (
                re.findall(r'<option value="(\w+)" selected', form)[:1] or re.findall(r'<option value="(\w+)"', form)[:1]
            )
        return fields

    def save(self, page: str | None = None, action: str = "save", **changed: list[str]) -> str:
        self.rig.clock.advance(self.rig.clock.now() + SECOND)
        posted = self.fields(page if page is not None else self.get(), action) | changed
        answer = self.client.post(self.url, data=posted)
        assert answer.status_code == 200, answer.text
        return answer.text

    def said(self) -> list[tuple[str, str, bool]]:
        """What this page recorded, in order of channel and topic."""
        found = self.rig.people.statements(self.rig.app, self.person)
        return sorted((each.channel, each.topic, each.granted) for each in found if each.source == "preference page")

    def allows(self, channel: str, topic: str = "general") -> bool | None:
        found = self.rig.people.consents(self.rig.app, self.person)
        return next((each.granted for each in found if (each.channel, each.topic) == (channel, topic)), None)
