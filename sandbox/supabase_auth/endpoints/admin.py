"""The administrator's routes: people, invitations and links, with the service key alone."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase_auth import bodies, errors, wire
from sandbox.supabase_auth.admin import Administration, LinkOrder, PersonChange
from sandbox.supabase_auth.endpoints.context import Context, in_thread
from sandbox.supabase_auth.links import Landing

_DEFAULT_PER_PAGE: Final = 50
_MAX_NUMBER: Final = 1_000_000


class AdminEndpoints:
    """What the product's server does for people without their doing."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._admin = Administration(context.accounts)

    def routes(self) -> list[Route]:
        """Return the routes below `/auth/v1`."""
        return [
            Route("/invite", self._invite, methods=["POST"]),
            Route("/admin/users", self._list, methods=["GET"]),
            Route("/admin/users", self._create, methods=["POST"]),
            Route("/admin/users/{user_id}", self._get, methods=["GET"]),
            Route("/admin/users/{user_id}", self._update, methods=["PUT"]),
            Route("/admin/users/{user_id}", self._delete, methods=["DELETE"]),
            Route("/admin/generate_link", self._generate_link, methods=["POST"]),
        ]

    async def _invite(self, request: Request) -> Response:
        self._context.require_service_key(request)
        body = await bodies.read(request, bodies.Invite)
        landing = self._context.landing(request)
        call = partial(self._admin.invite, body.email, metadata=body.data or {}, landing=landing)
        return wire.answer(wire.user_body(await in_thread(call)))

    async def _list(self, request: Request) -> Response:
        self._context.require_service_key(request)
        page = _number(request, "page", default=1)
        per_page = _number(request, "per_page", default=_DEFAULT_PER_PAGE)
        call = partial(self._admin.people, page=page, per_page=per_page)
        people, total = await in_thread(call)
        last = max(1, -(-total // per_page))
        headers = {"x-total-count": str(total), "link": _links(page, last, per_page)}
        users = [wire.user_body(account) for account in people]
        return wire.answer({"users": users, "aud": "authenticated"}, headers=headers)

    async def _create(self, request: Request) -> Response:
        self._context.require_service_key(request)
        change = _change(await bodies.read(request, bodies.AdminUser))
        account = await in_thread(partial(self._admin.create, change))
        return wire.answer(wire.user_body(account))

    async def _get(self, request: Request) -> Response:
        self._context.require_service_key(request)
        account = await in_thread(partial(self._admin.person, _user_id(request)))
        return wire.answer(wire.user_body(account))

    async def _update(self, request: Request) -> Response:
        self._context.require_service_key(request)
        change = _change(await bodies.read(request, bodies.AdminUser))
        account = await in_thread(partial(self._admin.update, _user_id(request), change))
        return wire.answer(wire.user_body(account))

    async def _delete(self, request: Request) -> Response:
        self._context.require_service_key(request)
        body = await bodies.read(request, bodies.AdminDelete)
        if body.should_soft_delete:
            raise errors.validation_failed("The stand-in deletes people wholly or not at all")
        await in_thread(partial(self._admin.delete, _user_id(request)))
        return wire.answer({})

    async def _generate_link(self, request: Request) -> Response:
        self._context.require_service_key(request)
        body = await bodies.read(request, bodies.GenerateLink)
        redirect_to = request.query_params.get("redirect_to") or body.redirect_to
        landing = Landing(self._context.redirects.allowed(redirect_to))
        order = LinkOrder(
            kind=body.type,
            email=body.email,
            landing=landing,
            password=body.password,
            new_email=body.new_email,
            metadata=body.data,
        )
        account, link, kind = await in_thread(partial(self._admin.generate_link, order))
        properties = {
            "action_link": link.url,
            "email_otp": link.code,
            "hashed_token": link.token,
            "verification_type": kind,
            "redirect_to": landing.redirect_to,
        }
        return wire.answer(wire.user_body(account) | properties)


def _change(body: bodies.AdminUser) -> PersonChange:
    return PersonChange(
        email=body.email,
        password=body.password,
        email_confirm=body.email_confirm,
        user_metadata=body.user_metadata,
        app_metadata=body.app_metadata,
        ban_duration=body.ban_duration,
    )


def _user_id(request: Request) -> str:
    try:
        return str(UUID(request.path_params["user_id"]))
    except ValueError as error:
        raise errors.validation_failed("user_id must be an UUID", status_code=404) from error


def _number(request: Request, name: str, *, default: int) -> int:
    # Clients leave the parameter empty when they want the default.
    text = request.query_params.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= _MAX_NUMBER):
        raise errors.validation_failed(f"Bad Pagination Parameters: {name}")
    return int(text)


def _links(page: int, last: int, per_page: int) -> str:
    """Return the pages around this one as the clients parse them."""
    wanted = {"next": page + 1, "last": last} if page < last else {"last": last}
    return ", ".join(
        f'</admin/users?{urlencode({"page": number, "per_page": per_page})}>; rel="{name}"'
        for name, number in wanted.items()
    )
