from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def mint(issuer: TokenIssuer, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "subject": "user-1",
        "audience": "api",
        "tenant_id": "acme",
        "role": "member",
        "ttl_seconds": 600,
    }
    return issuer.mint(**{**arguments, **changes})


def test_workspace_and_role_travel_in_server_set_metadata(issuer: TokenIssuer) -> None:
    assert payload(mint(issuer))["app_metadata"] == {"tenant_id": "acme", "role": "member"}


def test_a_user_without_a_workspace_gets_empty_metadata(issuer: TokenIssuer) -> None:
    assert payload(mint(issuer, tenant_id=None, role=None))["app_metadata"] == {}


def test_extra_claims_cannot_replace_what_the_issuer_vouches_for(issuer: TokenIssuer) -> None:
    extra = {"sub": "someone-else", "app_metadata": {"tenant_id": "globex"}, "email": "a@b.test"}
    claims = payload(mint(issuer, extra=extra))
    assert claims["sub"] == "user-1"
    assert claims["app_metadata"]["tenant_id"] == "acme"
    assert claims["email"] == "a@b.test"


@pytest.fixture
def windowed(key: SigningKey, clock: Any) -> TokenIssuer:
    return TokenIssuer(key, "https://api.example.test", clock, window_seconds=300)


def test_within_a_window_the_same_identity_gets_the_same_text(
    windowed: TokenIssuer, clock: Any
) -> None:
    first = mint(windowed)
    clock.advance(200)
    assert mint(windowed) == first
    clock.advance(100)
    assert mint(windowed) != first


def test_a_windowed_token_lives_at_least_its_ttl_from_any_point(
    windowed: TokenIssuer, clock: Any
) -> None:
    clock.advance(239)
    assert payload(mint(windowed))["exp"] - clock.now().timestamp() >= 600


def test_identities_never_share_a_token(windowed: TokenIssuer) -> None:
    tokens = {
        mint(windowed),
        mint(windowed, subject="user-2"),
        mint(windowed, tenant_id="globex"),
        mint(windowed, role="owner"),
        mint(windowed, audience="other"),
    }
    assert len(tokens) == 5
