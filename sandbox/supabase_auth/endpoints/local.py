"""Keeps pages to people at this machine, and their forms to the pages themselves."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from sandbox.supabase_auth import errors
from sandbox.supabase_auth.redirects import origin

_NAMES: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def require_this_machine(request: Request, base_url: str) -> None:
    """Raise AuthRefusal for a caller elsewhere, or one whose name for this machine is not ours."""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if not _is_loopback(request) or name not in _NAMES | {urlsplit(base_url).hostname}:
        raise errors.AuthRefusal(403, "not_this_machine", "Only for people at this machine")


def require_same_origin(request: Request, base_url: str) -> None:
    """Raise AuthRefusal for a form that another site's page sent."""
    sender = request.headers.get("origin")
    if sender is None:
        return
    own = f"{request.url.scheme}://{request.url.netloc}".lower()
    if sender.lower() not in {own, origin(base_url)}:
        raise errors.AuthRefusal(403, "bad_origin", "This form belongs to another page")


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
