"""Whose request it is by network address: the peer, or what trusted proxies say of it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

_FORWARDED_FOR = "x-forwarded-for"
# What one customer of a provider is given; counting single addresses of it would count nothing.
_CUSTOMER_PREFIX = 64


def client_of(connection: HTTPConnection, *, trusted_hops: int) -> str:
    """Return the client's address: of IPv6 the network of a customer.

    Each proxy appends to X-Forwarded-For whom it was called by. The last `trusted_hops` entries
    are therefore known; all before them is whatever the client made up.
    """
    peer = connection.client.host if connection.client else ""
    if trusted_hops:
        values = connection.headers.getlist(_FORWARDED_FOR)
        hops = [hop for value in values for hop in value.split(",")]
        if len(hops) >= trusted_hops:
            return _counted(hops[-trusted_hops]) or _counted(peer) or peer
    return _counted(peer) or peer


def _counted(text: str) -> str | None:
    """Return what of an address is counted; None for what is no address."""
    try:
        address = ip_address(_without_port(text.strip()))
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    kept = int(address) >> (128 - _CUSTOMER_PREFIX) << (128 - _CUSTOMER_PREFIX)
    return f"{IPv6Address(kept)}/{_CUSTOMER_PREFIX}"


def _without_port(text: str) -> str:
    """Return the address of `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
