from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from gtm.auth.jwks import IssuerUnavailableError
from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, ScopeMissingError, TokenVerifier, TrustedIssuer
from gtm.context import TenantId, UserId
from gtm.errors import UnauthenticatedError

ISSUER = "https://auth.example.test"


def trusted(jwks: Any, **changes: Any) -> Mapping[str, TrustedIssuer]:
    return {ISSUER: TrustedIssuer(jwks=jwks, audiences=frozenset({"api"}), **changes)}


@pytest.fixture
def verifier(key: SigningKey, clock: Any) -> TokenVerifier:
    return TokenVerifier(trusted(key.public_jwks()), clock)


def mint(issuer: TokenIssuer, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "subject": "user-1",
        "audience": "api",
        "tenant_id": "acme",
        "role": "member",
        "ttl_seconds": 600,
        "extra": {"email": "a@acme.test", "session_id": "s-1", "role": "authenticated"},
    }
    return issuer.mint(**{**arguments, **changes})


async def test_a_good_token_becomes_claims(verifier: TokenVerifier, issuer: TokenIssuer) -> None:
    claims = await verifier.verify(mint(issuer))
    assert (claims.subject, claims.tenant_id, claims.role) == ("user-1", "acme", "member")
    assert (claims.email, claims.session_id, claims.issuer) == ("a@acme.test", "s-1", ISSUER)


async def test_a_conversation_is_read_where_the_token_names_one(
    verifier: TokenVerifier, issuer: TokenIssuer
) -> None:
    named = await verifier.verify(mint(issuer, extra={"conversation_id": "talk-1"}))
    assert named.conversation_id == "talk-1"
    assert (await verifier.verify(mint(issuer))).conversation_id is None


async def test_what_the_user_can_edit_is_not_read(
    verifier: TokenVerifier, issuer: TokenIssuer
) -> None:
    extra = {"user_metadata": {"tenant_id": "globex", "role": "owner"}, "tenant_id": "globex"}
    claims = await verifier.verify(mint(issuer, tenant_id=None, role=None, extra=extra))
    assert (claims.tenant_id, claims.role) == (None, None)


async def test_an_expired_token_is_refused_even_when_remembered(
    verifier: TokenVerifier, issuer: TokenIssuer, clock: Any
) -> None:
    token = mint(issuer, ttl_seconds=30)
    await verifier.verify(token)
    clock.advance(31)
    with pytest.raises(UnauthenticatedError, match="expired"):
        await verifier.verify(token)


async def test_a_token_of_another_audience_is_refused(
    verifier: TokenVerifier, issuer: TokenIssuer
) -> None:
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(mint(issuer, audience="https://elsewhere.test"))


async def test_a_token_of_an_unknown_issuer_is_refused(
    verifier: TokenVerifier, key: SigningKey, clock: Any
) -> None:
    stranger = TokenIssuer(key, "https://stranger.test", clock)
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(mint(stranger))


async def test_a_token_signed_with_another_key_is_refused(
    verifier: TokenVerifier, clock: Any
) -> None:
    forger = TokenIssuer(SigningKey.generate(), ISSUER, clock)
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(mint(forger))


async def test_a_token_from_the_future_is_refused(
    verifier: TokenVerifier, issuer: TokenIssuer, clock: Any
) -> None:
    clock.advance(3600)
    token = mint(issuer)
    clock.advance(-3600)
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)


def good_payload() -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": "api",
        "sub": "user-1",
        "exp": 4_000_000_000,
        "app_metadata": {"tenant_id": "acme", "role": "owner"},
    }


def unsigned(header: Mapping[str, Any], payload: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(payload)}."


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256", ["ES256"], None])
async def test_an_algorithm_that_is_not_the_issuers_is_refused(
    verifier: TokenVerifier, alg: object
) -> None:
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(unsigned({"alg": alg}, good_payload()))


async def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier, key: SigningKey) -> None:
    signed = unsigned({"alg": "HS256", "kid": key.kid}, good_payload()).rstrip(".")
    digest = hmac.digest(key.key.as_pem(private=False), signed.encode(), "sha256")
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(f"{signed}.{signature}")


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "....", "é.é.é", "x" * 9000, "W10.W10."])
async def test_text_that_is_no_token_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": ""},
        {"sub": 7},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e30},
        {"exp": None},
        {"aud": None},
        {"aud": {"api": 1}},
        {"nbf": 3_999_999_999},
    ],
)
async def test_a_claim_of_the_wrong_shape_is_refused(
    verifier: TokenVerifier, key: SigningKey, change: Mapping[str, Any]
) -> None:
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, {**good_payload(), **change}, key.key)
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)


@pytest.mark.parametrize("metadata", [None, "acme", {"tenant_id": 5, "role": ["owner"]}])
async def test_unusable_metadata_means_no_workspace(
    verifier: TokenVerifier, key: SigningKey, metadata: object
) -> None:
    token = jwt.encode(
        {"alg": "ES256", "kid": key.kid}, {**good_payload(), "app_metadata": metadata}, key.key
    )
    claims = await verifier.verify(token)
    assert (claims.tenant_id, claims.role) == (None, None)


@pytest.mark.parametrize("role", ["anon", "service_role", None, ["authenticated"]])
async def test_a_token_without_the_issuers_role_is_refused(
    key: SigningKey, clock: Any, role: object
) -> None:
    verifier = TokenVerifier(trusted(key.public_jwks(), required_role="authenticated"), clock)
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, {**good_payload(), "role": role}, key.key)
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)


class Endpoint:
    """An issuer's key endpoint that can rotate and break."""

    def __init__(self, key: SigningKey) -> None:
        self.document: Mapping[str, Any] | Exception = key.public_jwks()
        self.calls = 0

    async def __call__(self) -> Mapping[str, Any]:
        self.calls += 1
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


async def test_a_rotated_key_is_fetched_when_it_first_appears(
    key: SigningKey, issuer: TokenIssuer, clock: Any
) -> None:
    endpoint = Endpoint(key)
    verifier = TokenVerifier(trusted(endpoint), clock)
    await verifier.verify(mint(issuer))
    fresh = SigningKey.generate()
    endpoint.document = fresh.public_jwks()
    clock.advance(31)
    claims = await verifier.verify(mint(TokenIssuer(fresh, ISSUER, clock)))
    assert claims.subject == "user-1"
    assert endpoint.calls == 2


async def test_strangers_key_ids_do_not_hammer_the_issuer(
    key: SigningKey, issuer: TokenIssuer, clock: Any
) -> None:
    endpoint = Endpoint(key)
    verifier = TokenVerifier(trusted(endpoint), clock)
    await verifier.verify(mint(issuer))
    for _ in range(5):
        forger = TokenIssuer(SigningKey.generate(), ISSUER, clock)
        with pytest.raises(UnauthenticatedError):
            await verifier.verify(mint(forger))
    assert endpoint.calls == 1


async def test_known_keys_stay_good_while_the_issuer_is_down(
    key: SigningKey, issuer: TokenIssuer, clock: Any
) -> None:
    endpoint = Endpoint(key)
    verifier = TokenVerifier(trusted(endpoint), clock)
    await verifier.verify(mint(issuer))
    endpoint.document = OSError("down")
    clock.advance(3600)
    assert (await verifier.verify(mint(issuer))).subject == "user-1"


async def test_without_any_key_the_check_can_be_tried_again(
    key: SigningKey, issuer: TokenIssuer, clock: Any
) -> None:
    endpoint = Endpoint(key)
    endpoint.document = OSError("down")
    verifier = TokenVerifier(trusted(endpoint), clock)
    with pytest.raises(IssuerUnavailableError):
        await verifier.verify(mint(issuer))
    endpoint.document = key.public_jwks()
    clock.advance(31)
    assert (await verifier.verify(mint(issuer))).subject == "user-1"


async def test_a_key_kind_we_do_not_know_is_passed_over(
    key: SigningKey, issuer: TokenIssuer, clock: Any
) -> None:
    ours = key.public_jwks()["keys"]
    assert isinstance(ours, list)
    verifier = TokenVerifier(trusted({"keys": [{"kty": "XYZ"}, *ours]}), clock)
    assert (await verifier.verify(mint(issuer))).subject == "user-1"


async def test_an_rs256_issuer_is_trusted_when_said_so(clock: Any) -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "r1"})
    verifier = TokenVerifier(
        trusted({"keys": [rsa.as_dict(private=False)]}, algorithms=frozenset({"RS256"})), clock
    )
    token = jwt.encode({"alg": "RS256", "kid": "r1"}, good_payload(), rsa)
    assert (await verifier.verify(token)).role == "owner"


OPENED = Claims(
    subject=UserId("user-1"),
    tenant_id=TenantId("acme"),
    role=None,
    email=None,
    session_id=None,
    issuer="ours",
    expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    scopes=frozenset({"write"}),
)


async def test_a_token_of_our_own_is_looked_up_each_time(key: SigningKey, clock: Any) -> None:
    asked: list[str] = []

    async def look_up(token: str) -> Claims:
        asked.append(token)
        if len(asked) > 2:
            raise UnauthenticatedError("Revoked.")
        return OPENED

    verifier = TokenVerifier(trusted(key.public_jwks()), clock, opaque={"our_": look_up})
    assert [await verifier.verify("our_a"), await verifier.verify("our_a")] == [OPENED, OPENED]
    with pytest.raises(UnauthenticatedError):
        await verifier.verify("our_a")
    assert asked == ["our_a"] * 3
    # Another beginning leads to nobody.
    with pytest.raises(UnauthenticatedError):
        await verifier.verify("their_a")


def test_a_wider_scope_holds_the_narrower_ones() -> None:
    OPENED.require("read")
    OPENED.require("write")
    with pytest.raises(ScopeMissingError):
        OPENED.require("admin")
    replace(OPENED, scopes=None).require("admin")
    with pytest.raises(ScopeMissingError):
        replace(OPENED, scopes=frozenset()).require("read")
