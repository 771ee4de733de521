"""HubSpot's answer to whose token this is: the only proof that a token works."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

import anyio
import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from gtm.errors import GtmError, InvalidInputError

logger = logging.getLogger(__name__)

_PATH = "/account-info/2026-03/details"
_TIMEOUT_SECONDS = 10.0
_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class HubSpotTokenRefusedError(InvalidInputError):
    """HubSpot does not know the token."""

    code = "hubspot_token_refused"


class HubSpotUnavailableError(GtmError):
    """HubSpot did not answer, or not as it should."""

    code, status_code, can_retry = "hubspot_unavailable", 503, True


@dataclass(frozen=True, slots=True)
class HubSpotAccount:
    """The account that a token opens."""

    portal_id: int
    account_type: str | None
    time_zone: str | None
    ui_domain: str | None


class _Details(BaseModel):
    portal_id: int = Field(alias="portalId", gt=0)
    account_type: str | None = Field(None, alias="accountType", max_length=100)
    time_zone: str | None = Field(None, alias="timeZone", max_length=100)
    ui_domain: str | None = Field(None, alias="uiDomain", max_length=253)


class HubSpotAccounts:
    """Asks HubSpot's account information API; owns the HTTP client it was given."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self._url = base_url.rstrip("/") + _PATH
        self._http = http

    async def account_of(self, token: SecretStr) -> HubSpotAccount:
        """Return the account of a token.

        Raises HubSpotTokenRefusedError and HubSpotUnavailableError, which never hold the token.
        """
        answer = await self._answer(token)
        if answer.status_code in _REFUSALS:
            raise HubSpotTokenRefusedError(
                "HubSpot does not accept this token.",
                hint="Copy it once more from the private app or service key, and check that it "
                "has not been rotated or switched off there.",
            )
        if answer.status_code != HTTPStatus.OK:
            logger.warning("hubspot_refused", extra={"status": answer.status_code})
            raise _unavailable()
        try:
            details = _Details.model_validate_json(answer.content)
        except ValidationError:
            # Nothing of the cause is kept: it holds what came back.
            logger.warning("hubspot_answer_unreadable")
            raise _unavailable() from None
        return HubSpotAccount(**details.model_dump())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _answer(self, token: SecretStr) -> httpx.Response:
        headers = {"authorization": f"Bearer {token.get_secret_value()}"}
        try:
            with anyio.fail_after(_TIMEOUT_SECONDS):
                # A redirect is an answer like others: the token goes to no other address.
                return await self._http.get(self._url, headers=headers, follow_redirects=False)
        except (httpx.HTTPError, TimeoutError) as error:
            logger.warning("hubspot_unreachable", extra={"reason": type(error).__name__})
            raise _unavailable() from None


def _unavailable() -> HubSpotUnavailableError:
    return HubSpotUnavailableError(
        "HubSpot did not answer, so the token could not be checked and nothing was kept.",
        hint="Try again in a moment.",
    )
