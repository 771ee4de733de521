"""Where somebody who signs in works: where they are invited to, where they were, or a new place."""

from __future__ import annotations

import logging

from api.state import ApiState
from gtm.auth.held_tokens import hash_of
from gtm.auth.identity import Person
from gtm.auth.verifier import Claims
from gtm.context import UserId
from gtm.tenants.base import (
    Membership,
    NoWorkspaceError,
    TooManyWorkspacesError,
    WorkspaceDeletedError,
    first_name_of_workspace,
    membership_for,
)
from gtm.tenants.people_refusals import InvitationNotFoundError

logger = logging.getLogger(__name__)


async def arrive(
    state: ApiState, person: Person, claims: Claims, *, invitation: str | None
) -> Membership | None:
    """Let a session work somewhere and stay there; None for who can have no workspace.

    That is whoever made as many as one may and belongs to none of them any more, or is bound to one
    that is deleted: they sign in all the same, to accept an invitation or to restore it. Raises
    NotPermittedError for an account bound elsewhere.
    """
    await state.services.people.arrived(person)
    if invitation is not None:
        await _accept(state, claims, invitation)
    found = await _membership(state, person, claims)
    if found is not None and claims.tenant_id is None and claims.session_id is not None:
        # Or another session that goes elsewhere would take this one along.
        await state.services.workspaces.settle(
            claims.subject, found.workspace.tenant_id, session_id=claims.session_id
        )
    return found


async def _accept(state: ApiState, claims: Claims, invitation: str) -> None:
    services, user_id = state.services, claims.subject
    try:
        tenant_id = await services.invitations.accept(user_id, hash_of(invitation))
    except InvitationNotFoundError:
        # Signing in goes on without it; whoever looks at the invitation is told.
        logger.info("invitation_not_accepted")
        return
    await services.workspaces.enter(user_id, tenant_id, session_id=claims.session_id)


async def _membership(state: ApiState, person: Person, claims: Claims) -> Membership | None:
    directory = state.services.workspaces
    try:
        return await membership_for(directory, claims)
    except WorkspaceDeletedError:
        if claims.tenant_id is not None:
            # They sign in all the same: an owner may have come to restore it.
            return None
        return await _elsewhere(state, claims, person)
    except NoWorkspaceError:
        if not await _has_first(state, claims.subject, person):
            return None
    return await membership_for(directory, claims)


async def _elsewhere(state: ApiState, claims: Claims, person: Person) -> Membership | None:
    """Take a session whose workspace is deleted to another one of the user's."""
    directory, user_id = state.services.workspaces, claims.subject
    if not await directory.memberships(user_id) and not await _has_first(state, user_id, person):
        return None
    [(workspace, _), *_] = await directory.memberships(user_id)
    await directory.enter(user_id, workspace.tenant_id, session_id=claims.session_id)
    return await membership_for(directory, claims)


async def _has_first(state: ApiState, user_id: UserId, person: Person) -> bool:
    name = first_name_of_workspace(person.name, person.email)
    try:
        await state.services.workspaces.own_or_create(user_id, name)
    except TooManyWorkspacesError:
        return False
    state.services.provisioner.wake()
    return True
