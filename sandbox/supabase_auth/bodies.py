"""Request bodies of the wire: known fields of the right type; unknown ones are ignored."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from sandbox.supabase_auth import errors
from sandbox.supabase_auth.codes import read_challenge
from sandbox.supabase_auth.links import Challenge

B = TypeVar("B", bound="Body")

_MAX_BYTES: Final = 64 * 1024
# Metadata rides in every token, and those in headers.
_MAX_METADATA_BYTES: Final = 8 * 1024

Text = Annotated[str, Field(max_length=1024)]
Metadata = dict[str, Any]


class Body(BaseModel):
    """What all bodies share. Clients send null for what they leave out."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class Challenged(Body):
    """A body that may carry the challenge of a client."""

    code_challenge: Text | None = None
    code_challenge_method: Text | None = None

    @property
    def challenge(self) -> Challenge | None:
        """The challenge, if there is one. Raises AuthRefusal."""
        return read_challenge(self.code_challenge, self.code_challenge_method)


class PasswordGrant(Body):
    """POST /token?grant_type=password."""

    email: Text
    password: Text


class RefreshGrant(Body):
    """POST /token?grant_type=refresh_token."""

    refresh_token: Text


class CodeGrant(Body):
    """POST /token?grant_type=pkce."""

    auth_code: Text
    code_verifier: Text


class SignUp(Challenged):
    """POST /signup."""

    email: Text | None = None
    password: Text | None = None
    data: Metadata | None = None


class UserUpdate(Challenged):
    """PUT /user."""

    email: Text | None = None
    password: Text | None = None
    data: Metadata | None = None
    app_metadata: Metadata | None = None


class Recover(Challenged):
    """POST /recover."""

    email: Text


class MagicLink(Challenged):
    """POST /otp and /magiclink."""

    email: Text | None = None
    create_user: bool | None = True
    data: Metadata | None = None


class Resend(Challenged):
    """POST /resend."""

    email: Text | None = None
    type: Text


class Verify(Body):
    """POST /verify."""

    type: Text
    token: Text | None = None
    token_hash: Text | None = None
    email: Text | None = None


class Invite(Body):
    """POST /invite."""

    email: Text
    data: Metadata | None = None


class AdminUser(Body):
    """POST /admin/users and PUT /admin/users/{id}."""

    email: Text | None = None
    password: Text | None = None
    email_confirm: bool | None = None
    user_metadata: Metadata | None = None
    app_metadata: Metadata | None = None
    ban_duration: Annotated[str, Field(max_length=40)] | None = None


class AdminDelete(Body):
    """DELETE /admin/users/{id}."""

    should_soft_delete: bool | None = None


class GenerateLink(Body):
    """POST /admin/generate_link."""

    type: Text
    email: Text
    password: Text | None = None
    new_email: Text | None = None
    data: Metadata | None = None
    redirect_to: Text | None = None


async def content(request: Request) -> bytes:
    """Return what came in the body. Raises AuthRefusal when it is too much."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > _MAX_BYTES:
            raise errors.validation_failed("Request body is too large", status_code=413)
    return bytes(received)


async def read(request: Request, model: type[B]) -> B:
    """Return the body of a request. Raises AuthRefusal."""
    parsed = _parse(await content(request))
    try:
        body = model.model_validate(parsed)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "body"
        raise errors.validation_failed(f"{name}: {first['msg']}") from error
    for name in ("data", "user_metadata", "app_metadata"):
        metadata = getattr(body, name, None)
        if metadata and len(json.dumps(metadata)) > _MAX_METADATA_BYTES:
            raise errors.validation_failed(f"{name} is too large")
    return body


def _parse(text: bytes) -> object:
    """Return the JSON, refused when it could not be written again: NaN, half characters."""
    try:
        parsed: object = json.loads(text or b"{}", parse_constant=_refuse_constant)
        json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise errors.bad_json() from error
    return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
