"""Hosts that links may lead to, as an operator lists them."""

from __future__ import annotations

import pytest

from relance.accounts.hosts import checked_hosts
from relance.core.errors import InvalidError


def test_hosts_are_spelled_as_links_have_them() -> None:
    assert checked_hosts([" Shop.Example ", "*.shop.example", "bücher.example", "shop.example"]) == (
        "*.shop.example",
        "shop.example",
        "xn--bcher-kva.example",
    )


@pytest.mark.parametrize("host", ["", "*", "*.com", "https://shop.example", "shop.example/a", "a b", "u@shop.example"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(InvalidError, match="not a valid host") as caught:
        checked_hosts([host])
    assert caught.value.data["path"] == "link_hosts"
