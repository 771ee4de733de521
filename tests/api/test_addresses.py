"""Whose request it is: the peer, unless proxies that are trusted say otherwise."""

import pytest
from starlette.requests import HTTPConnection

from api.addresses import client_of


def connection(peer: str | None, *forwarded_for: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded_for]
    client = (peer, 4711) if peer else None
    return HTTPConnection({"type": "http", "client": client, "headers": headers})


def test_without_trusted_proxies_the_header_says_nothing() -> None:
    assert client_of(connection("192.0.2.1", "198.51.100.7"), trusted_hops=0) == "192.0.2.1"


@pytest.mark.parametrize(
    ("hops", "forwarded_for", "expected"),
    [
        (1, ["203.0.113.9"], "203.0.113.9"),
        # What stands before the proxies' own entries was sent by the client.
        (1, ["10.9.9.9, 203.0.113.9"], "203.0.113.9"),
        (2, ["10.9.9.9, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (2, ["10.9.9.9", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        # It came past a proxy: the peer is all that is known.
        (2, ["203.0.113.9"], "192.0.2.1"),
        (1, [], "192.0.2.1"),
        (1, ["no address"], "192.0.2.1"),
        (1, [""], "192.0.2.1"),
        (1, ["203.0.113.9:52011"], "203.0.113.9"),
        (1, ["[2001:db8:1:2:3::4]:52011"], "2001:db8:1:2::/64"),
    ],
)
def test_as_many_proxies_are_believed_as_are_configured(
    hops: int, forwarded_for: list[str], expected: str
) -> None:
    assert client_of(connection("192.0.2.1", *forwarded_for), trusted_hops=hops) == expected


def test_the_addresses_of_one_customer_count_as_one() -> None:
    one = client_of(connection("2001:db8:1:2::1"), trusted_hops=0)
    other = client_of(connection("2001:db8:1:2:ffff:ffff:ffff:ffff"), trusted_hops=0)
    neighbour = client_of(connection("2001:db8:1:3::1"), trusted_hops=0)
    assert one == other != neighbour
    assert client_of(connection("::ffff:192.0.2.1"), trusted_hops=0) == "192.0.2.1"


def test_a_peer_without_an_address_is_one_client() -> None:
    assert client_of(connection(None), trusted_hops=0) == ""
    assert client_of(connection("testclient"), trusted_hops=0) == "testclient"
