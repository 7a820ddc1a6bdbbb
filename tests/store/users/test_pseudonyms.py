"""Hashes of ids and addresses need the server's secret; plain ones of before become keyed, however often that is begun."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.infra.database import reading, writing
from relance.users import rekeying
from relance.users.consent_store import ADDRESS_CONSENTS, CONSENT_RECORDS
from relance.users.pseudonyms import Pseudonyms, use_secret
from relance.users.service import Directory, rekey
from relance.users.store import TOMBSTONES
from tests.store.users.test_consents import MAIL, ONE_CLICK, answer, identify, refused
from tests.store.users.ticks import Player
from tests.unit.users.streams import event

SECRET = b"s" * 32
HASHES = (TOMBSTONES.c.hash, ADDRESS_CONSENTS.c.address_key, CONSENT_RECORDS.c.address_key)


def hashes(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that holds one, without those of records that name no address."""
    with reading(engine) as connection:
        return {
            column.table.name: sorted(map(tuple, connection.execute(sa.select(column.table).where(column != ""))), key=repr)
            for column in HASHES
        }


def a_past(engine: Engine) -> None:
    """Somebody who refused and was deleted, somebody who refused."""
    player = Player(engine)
    player.tick([identify("u1", email=MAIL), answer(1, 1, **ONE_CLICK), event("delete", at=3, body={"person": 1})])
    player.tick([identify("u2", 4, email="two@example.org"), answer(2, 5, **ONE_CLICK | {"address": "two@example.org"})])
    for number in range(7):
        player.tick([identify(f"gone {number}", 4), event("delete", at=5, body={"person": 3 + number})])


def check_it_holds(engine: Engine) -> None:
    """The deleted stay deleted, the refused refused."""
    player = Player(engine)
    player.tick([identify("u1", 2), identify("gone 6", 2)])
    assert player.persons == [0, 0]
    player.tick([identify("u9", 20, email=MAIL, consent={"email": True}), identify("u8", 21, email="two@example.org")])
    assert refused(engine, player.persons[-2]) == {MAIL: ["general"]}
    assert refused(engine, player.persons[-1]) == {"two@example.org": ["general"]}


def test_the_database_alone_does_not_say_whose_a_hash_is(state: Engine) -> None:
    """Whoever has it and tries the right id or address, but another key, finds nothing."""
    use_secret(state, SECRET)
    a_past(state)
    found = repr(hashes(state))
    names = Pseudonyms(SECRET)
    assert names.address(1, "email", MAIL) in found
    assert names.alias(1, "user_id", "u1") in found
    for others in (Pseudonyms(), Pseudonyms(b"t" * 32)):
        assert others.address(1, "email", MAIL) not in found
        assert others.alias(1, "user_id", "u1") not in found
    check_it_holds(state)


def test_what_was_plain_becomes_keyed_and_goes_on_holding(state: Engine) -> None:
    a_past(state)
    before = hashes(state)
    use_secret(state, SECRET)
    assert rekey(state) == sum(map(len, before.values())) > 10
    after = hashes(state)
    assert {name: len(found) for name, found in after.items()} == {name: len(found) for name, found in before.items()}
    assert all(names[1].startswith("k") for name in ("tombstones", "address_consents") for names in after[name])
    assert rekey(state) == 0
    assert hashes(state) == after
    check_it_holds(state)


def test_a_crash_half_way_and_a_second_server_do_no_harm(state: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of it is done when it breaks off, and whatever has been kept under the key meanwhile."""
    monkeypatch.setattr(rekeying, "AT_ONCE", 2)
    a_past(state)
    plain = hashes(state)
    use_secret(state, SECRET)
    for breaks_after in range(4):
        begun = 0

        def broken(engine: Engine, after: int = breaks_after) -> Any:
            nonlocal begun
            begun += 1
            if begun > after:
                raise ConnectionError("the program ended")
            return writing(engine)

        with monkeypatch.context() as patch:
            patch.setattr(rekeying, "writing", broken)
            with pytest.raises(ConnectionError):
                rekey(state)
    done = rekey(state)
    after = hashes(state)
    with writing(state) as connection:  # another server had read these, and writes them as it found them
        first = plain["tombstones"][0]
        connection.execute(sa.insert(TOMBSTONES).values(app_id=1, hash=first[1], deleted_at=first[2] - 1))
        consent = plain["address_consents"][0]
        connection.execute(sa.insert(ADDRESS_CONSENTS).values(consent))
    assert done
    assert rekey(state) == 2
    assert hashes(state) == after
    check_it_holds(state)


def test_under_another_secret_nothing_is_lost_that_its_own_would_find(state: Engine) -> None:
    """A secret that was replaced finds none of them; put back it finds all."""
    use_secret(state, SECRET)
    a_past(state)
    use_secret(state, b"t" * 32)
    assert rekey(state) == 0
    assert Directory(state).refuses(1, "email", MAIL, "general") is False
    use_secret(state, SECRET)
    assert rekey(state) == 0
    check_it_holds(state)
