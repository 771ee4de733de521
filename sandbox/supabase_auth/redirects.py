"""Where people may be sent back to: an allow-list of origins, and how answers ride along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from gtm.errors import ConfigurationError
from sandbox.supabase_auth.errors import AuthRefusal

_OAUTH_ERRORS = {400: "invalid_request", 401: "unauthorized_client", 403: "access_denied"}
_MAX_LENGTH = 2000


class Redirects:
    """The allow-list; whatever is not on it becomes the site's own address."""

    def __init__(self, site_url: str, origins: Iterable[str]) -> None:
        self.site_url = site_url
        self._origins = frozenset(origin(url) for url in (site_url, *origins))

    def allowed(self, redirect_to: str | None) -> str:
        """Return the address if people may be sent there, and else the site's."""
        if not redirect_to or len(redirect_to) > _MAX_LENGTH:
            return self.site_url
        # Browsers drop control characters and read "\" as "/": neither belongs in an address.
        if any(not 0x21 <= ord(char) < 0x7F or char == "\\" for char in redirect_to):
            return self.site_url
        try:
            parts = urlsplit(redirect_to)
        except ValueError:
            return self.site_url
        is_known = f"{parts.scheme}://{parts.netloc}".lower() in self._origins
        return redirect_to if is_known else self.site_url


def origin(url: str) -> str:
    """Return scheme, host and port of an address. Raises ConfigurationError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigurationError(f"{url!r} is no web address.", hint="Use http:// or https://.")
    return f"{parts.scheme}://{parts.netloc}".lower()


def with_query(url: str, values: Mapping[str, str]) -> str:
    """Return the address with these query parameters and no fragment."""
    parts = urlsplit(url)
    kept = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in values
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *values.items()]), fragment=""))


def with_fragment(url: str, values: Mapping[str, str]) -> str:
    """Return the address with these values behind its #."""
    return urlunsplit(urlsplit(url)._replace(fragment=urlencode(values)))


def with_error(url: str, error: AuthRefusal, *, in_query: bool) -> str:
    """Return the address with a refusal; clients with a challenge read the query as well."""
    values = {
        "error": _OAUTH_ERRORS.get(error.status_code, "server_error"),
        "error_code": error.code,
        "error_description": error.message,
    }
    return with_fragment(with_query(url, values) if in_query else url, values)
