"""The key ring in Google Secret Manager: each change of it is a new version of one secret."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx

from gtm.errors import ConfigurationError
from gtm.secrets.key_ring import KeyRing
from gtm.secrets.key_source import KeysMissingError

_URL = "https://secretmanager.googleapis.com"
_TIMEOUT_SECONDS = 10.0


class SecretManagerKeys:
    """Keeps the ring as the latest version of `projects/…/secrets/…`, through the REST API."""

    is_writable = True

    def __init__(
        self,
        resource: str,
        token: Callable[[], str],
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._resource = resource
        self._token = token
        self._transport = transport

    @property
    def description(self) -> str:
        """Where the ring is kept."""
        return f"Secret Manager, {self._resource}"

    def read(self) -> KeyRing:
        """Return the latest version. Raises KeysMissingError and ConfigurationError."""
        answer = self._send("GET", "/versions/latest:access")
        try:
            data = base64.b64decode(answer["payload"]["data"], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError):
            raise _refused(self._resource, "holds no usable key ring") from None
        return KeyRing.from_json(data)

    def write(self, ring: KeyRing) -> None:
        """Add a version; the ones before stay until somebody destroys them."""
        data = base64.b64encode(ring.to_json().encode()).decode()
        self._send("POST", ":addVersion", {"payload": {"data": data}})

    def _send(self, method: str, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self._token()}"}
        url = f"{_URL}/v1/{self._resource}{action}"
        try:
            with httpx.Client(transport=self._transport, timeout=_TIMEOUT_SECONDS) as http:
                answer = http.request(method, url, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise _refused(self._resource, "could not be reached") from error
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise KeysMissingError(
                f"{self._resource} has no version, or there is no such secret.",
                hint="Make the secret (gcloud secrets create), then run: gtm secrets rotate",
            )
        if answer.status_code != HTTPStatus.OK:
            # The body of a refusal is left out: it may repeat what was sent.
            raise _refused(self._resource, f"answered with {answer.status_code}")
        try:
            found: dict[str, Any] = answer.json()
        except ValueError:
            raise _refused(self._resource, "did not answer in JSON") from None
        return found


def _refused(resource: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"The key ring in Secret Manager, {resource}, {what}.",
        hint="Check GTM_SECRET_MANAGER and the roles of the server's identity: "
        "Secret Manager Secret Accessor, and Secret Version Adder to rotate.",
    )
