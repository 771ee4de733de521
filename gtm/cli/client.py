"""The CLI's side of the HTTP API: signing in, asking, sending a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Self

import httpx

from gtm.errors import GtmError, InvalidInputError, UnauthenticatedError

PRODUCT = "GTM Dashboard"
_PROBE_SECONDS = 1.0
_PAGE = 200
_TIMEOUT = httpx.Timeout(10.0, read=180.0)


class ServerRefusedError(GtmError):
    """The server answered with an error; its own words are kept."""

    code = "server_refused"


class ServerUnreachableError(GtmError):
    """Nothing of ours answers at the address."""

    code, can_retry = "server_unreachable", True


def is_running(base_url: str) -> bool:
    """Whether a server of this product answers at the address."""
    try:
        response = httpx.get(f"{base_url}/v1/config", timeout=_PROBE_SECONDS)
        return response.status_code == httpx.codes.OK and response.json()["product"] == PRODUCT
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


class Client:
    """One signed-in session with a running server."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        """Open the connection pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._http.close()

    def sign_in(self, workspace: str | None, token: str | None) -> str:
        """Use the token, or the sample login of a workspace; return the workspace's slug."""
        if token is None:
            login = self._sample_login(workspace)
            reply = self._json("POST", "/v1/auth/login", json=login)
            token = str(reply["access_token"])
        self._http.headers["authorization"] = f"Bearer {token}"
        slug = str(self._json("GET", "/v1/tenants/current")["slug"])
        if workspace is not None and slug != workspace:
            raise InvalidInputError(
                f"The token belongs to workspace {slug!r}, not {workspace!r}.", nearest=[slug]
            )
        return slug

    def ask(self, question: str, conversation_id: str | None) -> dict[str, Any]:
        """Return the whole answer."""
        body = {"question": question, "conversation_id": conversation_id}
        return self._json("POST", "/v1/analytics/query", json=body)

    def stream(self, question: str, conversation_id: str | None) -> Iterator[dict[str, Any]]:
        """Yield the events of the answer; closing the iterator stops the turn."""
        body = {"question": question, "conversation_id": conversation_id}
        headers = {"accept": "text/event-stream"}
        with self._http.stream(
            "POST", "/v1/analytics/query", json=body, headers=headers
        ) as response:
            if response.is_error:
                response.read()
                raise _refusal(response)
            for line in response.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    def upload(
        self, path: Path, source: str | None, *, object_name: str | None = None
    ) -> dict[str, Any]:
        """Send a file to be loaded into the workspace."""
        told = {} if object_name is None else {"object": object_name}
        with path.open("rb") as file:
            return self._json(
                "POST",
                f"/v1/integrations/{source or 'auto'}/upload",
                params={"filename": path.name, **told},
                content=_chunks(file),
                headers={"content-type": "application/octet-stream"},
            )

    def feedback(self, *, since: date | None, limit: int) -> list[dict[str, Any]]:
        """Return the latest opinions of the workspace."""
        found: list[dict[str, Any]] = []
        told: dict[str, Any] = {} if since is None else {"since": since.isoformat()}
        while len(found) < limit:
            size = min(limit - len(found), _PAGE)
            page = self._json("GET", "/v1/feedback", params={**told, "limit": size})
            found += page["items"]
            if page["next_cursor"] is None:
                break
            told["cursor"] = page["next_cursor"]
        return found

    def _sample_login(self, workspace: str | None) -> dict[str, str]:
        logins = self._json("GET", "/v1/config")["demo_logins"]
        slugs = [login["workspace"] for login in logins]
        for login in logins:
            if workspace in {None, login["workspace"]}:
                return {"email": login["email"], "password": login["password"]}
        if slugs:
            raise InvalidInputError(
                f"There is no sample workspace {workspace!r}.",
                hint="Name one with --workspace.",
                nearest=slugs,
            )
        raise UnauthenticatedError(
            "This server has no sample login.",
            hint="Set GTM_TOKEN to an access token, or run `gtm demo` first.",
        )

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ServerUnreachableError(
                f"{self._http.base_url} does not answer.", hint="Start it with: gtm serve"
            ) from error
        if response.is_error:
            raise _refusal(response)
        body: dict[str, Any] = response.json()
        return body


def _refusal(response: httpx.Response) -> GtmError:
    try:
        problem = response.json()
        return ServerRefusedError(
            str(problem["detail"]), hint=problem.get("hint"), nearest=problem.get("nearest") or ()
        )
    except (ValueError, KeyError, TypeError):
        return ServerRefusedError(f"The server answered with status {response.status_code}.")


def _chunks(file: Any, size: int = 1024 * 1024) -> Iterable[bytes]:
    while chunk := file.read(size):
        yield chunk
