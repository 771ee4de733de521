"""Signing up, in and out, and setting a new password."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.arrivals import arrive
from api.counting import count_client, count_sign_up
from api.errors import problems
from api.media import require_json
from api.recording import Entrance, Method, record_entrance, record_own, refusals_recorded
from api.security import Verified
from api.shapes.auth import (
    ConfirmEmailReply,
    GoogleCallbackRequest,
    GoogleReply,
    GoogleRequest,
    LoginReply,
    LoginRequest,
    MeReply,
    PasswordRequest,
    RecoverReply,
    RecoverRequest,
    RefreshRequest,
    SignUpRequest,
    UserReply,
)
from api.state import ApiState, State
from api.tenants import workspace_reply
from gtm.auth.identity import Person, Session
from gtm.tenants.base import NoWorkspaceError, WorkspaceDeletedError, membership_for


def _secret(response: Response) -> None:
    """Keep what carries tokens out of every cache."""
    response.headers["cache-control"] = "no-store"


router = APIRouter(prefix="/v1/auth", tags=["auth"], dependencies=[Depends(_secret)])
_ENTRY = (401, 403, 409, 415, 422, 429, 503)
_JSON = [Depends(require_json)]
# Whoever comes here has no token yet.
_ENTERING = [Depends(count_client), *_JSON]


@router.post(
    "/signup",
    status_code=201,
    responses={
        202: {"model": ConfirmEmailReply, "description": "The address is to be confirmed."},
        **problems(403, 409, 415, 422, 429, 503),
    },
    dependencies=[*_ENTERING, Depends(count_sign_up)],
)
async def sign_up(
    body: SignUpRequest, state: State, response: Response
) -> LoginReply | ConfirmEmailReply:
    """Register with e-mail and password; a session and a workspace, or a mail to confirm first."""
    session = await state.services.identity.sign_up(
        body.email, body.password, name=body.name, return_to=_return_to(state, body.invitation)
    )
    if session is None:
        response.status_code = 202
        return ConfirmEmailReply()
    return await _signed_in(state, session, ("sign_up", "password"), invitation=body.invitation)


@router.post("/login", responses=problems(*_ENTRY), dependencies=_ENTERING)
async def login(body: LoginRequest, state: State, request: Request) -> LoginReply:
    """Sign in with e-mail and password."""
    async with (
        state.limits.guess(body.email, state.limits.client(request)),
        refusals_recorded(state, "password", email=body.email),
    ):
        session = await state.services.identity.sign_in(body.email, body.password)
    return await _signed_in(state, session, ("sign_in", "password"), invitation=body.invitation)


@router.post("/refresh", responses=problems(*_ENTRY), dependencies=_ENTERING)
async def refresh(body: RefreshRequest, state: State) -> LoginReply:
    """Trade a refresh token for a new pair of tokens."""
    session = await state.services.identity.refresh(body.refresh_token)
    return await _signed_in(state, session, None, invitation=body.invitation)


@router.post("/google", responses=problems(415, 422), dependencies=_ENTERING)
async def google(body: GoogleRequest, state: State) -> GoogleReply:
    """Say where to sign in with Google; the browser keeps the verifier until it is back."""
    departure = await state.services.identity.google_url(_return_to(state, body.invitation))
    return GoogleReply(url=departure.url, code_verifier=departure.code_verifier)


@router.post("/google/callback", responses=problems(*_ENTRY), dependencies=_ENTERING)
async def google_callback(body: GoogleCallbackRequest, state: State) -> LoginReply:
    """Finish a sign-in with Google."""
    async with refusals_recorded(state, "google"):
        session = await state.services.identity.exchange_code(body.code, body.code_verifier)
    return await _signed_in(state, session, ("sign_in", "google"), invitation=body.invitation)


@router.post("/recover", status_code=202, responses=problems(415, 422, 503), dependencies=_ENTERING)
async def recover(body: RecoverRequest, state: State) -> RecoverReply:
    """Mail a link to set a new password; whether the address is known is not told."""
    state.limits.mail(body.email)
    await state.services.identity.send_recovery(body.email, return_to=_return_to(state))
    return RecoverReply()


@router.post(
    "/password",
    status_code=204,
    responses=problems(401, 415, 422, 429, 503),
    dependencies=_JSON,
)
async def set_password(body: PasswordRequest, visitor: Verified, state: State) -> None:
    """Set a new password, signed in or come by the link of a mail."""
    await state.services.identity.set_password(visitor.access_token, body.password)
    await record_own(state, "password_change", visitor.claims)


@router.get("/me", responses=problems(401, 403, 503))
async def me(visitor: Verified, state: State) -> MeReply:
    """Say who is signed in; the sign-in service is asked, so an ended session is noticed."""
    person = await state.services.identity.person(visitor.access_token)
    try:
        membership = await membership_for(state.services.workspaces, visitor.claims)
    except (NoWorkspaceError, WorkspaceDeletedError):
        return MeReply(user=_user(person), workspace=None)
    return MeReply(user=_user(person), workspace=workspace_reply(membership))


@router.post("/logout", status_code=204, responses=problems(401, 503))
async def logout(visitor: Verified, state: State) -> None:
    """End the session."""
    await state.services.identity.sign_out(visitor.access_token)
    await record_own(state, "sign_out", visitor.claims)


async def _signed_in(
    state: ApiState,
    session: Session,
    come_by: tuple[Entrance, Method] | None,
    *,
    invitation: str | None = None,
) -> LoginReply:
    """Return the session with the workspace it is in; a renewed one is no new sign-in."""
    person = session.person
    claims = await state.services.verifier.verify(session.access_token)
    membership = await arrive(state, person, claims, invitation=invitation)
    if come_by is not None:
        await record_entrance(state, *come_by, claims, membership)
    return LoginReply(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        expires_in=session.expires_in,
        user=_user(person),
        workspace=None if membership is None else workspace_reply(membership),
    )


def _user(person: Person) -> UserReply:
    return UserReply(id=person.user_id, email=person.email, name=person.name)


def _return_to(state: ApiState, invitation: str | None = None) -> str:
    if invitation is not None:
        return state.services.invitation_sender.link(invitation)
    return state.services.settings.frontend_url.rstrip("/") + "/"
