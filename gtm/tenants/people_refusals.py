"""What the database refuses when people of a workspace change, as errors of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg

from gtm.errors import ConflictError, GtmError, InvalidInputError, NotFoundError, NotPermittedError


class LastOwnerError(ConflictError):
    """A workspace would be left without an owner."""

    code = "last_owner"


class AlreadyMemberError(ConflictError):
    """Who is invited belongs to the workspace."""

    code = "already_member"


class InvitationNotFoundError(NotFoundError):
    """No invitation, or one that has expired, was revoked or is used up; which is not told."""

    code = "invitation_not_found"


class InvitationAcceptedError(ConflictError):
    """The invitation has been accepted, so it can't be changed any more."""

    code = "invitation_accepted"


class TooManyInvitationsError(GtmError):
    """The workspace has sent as many invitations as it may for now."""

    code, status_code = "too_many_invitations", 429


class RecipientOwnsEnoughError(ConflictError):
    """Who is to own the workspace owns as many as one person may."""

    code = "too_many_workspaces"


def invitation_not_found() -> InvitationNotFoundError:
    """Return the refusal of an invitation that is not, or no longer, good for anything."""
    return InvitationNotFoundError(
        "This invitation is not good any more.",
        hint="Ask whoever invited you for a new one.",
    )


Refusals = Mapping[str, Callable[[], GtmError]]

_REFUSALS: Final[Refusals] = {
    "no_workspace": lambda: NotFoundError("There is no such workspace."),
    "no_member": lambda: NotFoundError(
        "There is no such member.", hint="The members are in /v1/members."
    ),
    "admins_only": lambda: NotPermittedError(
        "Only an owner or admin of the workspace may do this.",
        hint="Ask one of them to do it, or to change your role.",
    ),
    "owners_only": lambda: NotPermittedError(
        "Only an owner of the workspace may do this.", hint="Ask an owner to do it."
    ),
    "last_owner": lambda: LastOwnerError(
        "A workspace needs an owner, and there is no other one.",
        hint="Make another member an owner first.",
    ),
    "own_already": lambda: InvalidInputError(
        "You own the workspace already.", hint="Choose another member."
    ),
    "too_many_owned": lambda: RecipientOwnsEnoughError(
        "This member owns as many workspaces as one person may.", hint="Choose another member."
    ),
    "already_member": lambda: AlreadyMemberError(
        "Somebody with this address is a member already.",
        hint="Change their role in the list of members.",
    ),
    "too_many_invitations": lambda: TooManyInvitationsError(
        "That was tried too often.", hint="Use the link you have, or try again tomorrow."
    ),
    "no_invitation": invitation_not_found,
    "invitation_accepted": lambda: InvitationAcceptedError(
        "This invitation has been accepted.", hint="Change or remove them as a member."
    ),
}


@contextmanager
def refusals(more: Refusals | None = None) -> Iterator[None]:
    """Turn what a function of the database refuses into the error it stands for, or `more` does."""
    try:
        yield
    except psycopg.errors.RaiseException as error:
        refusal = {**_REFUSALS, **(more or {})}.get(error.diag.message_primary or "")
        if refusal is None:
            raise
        raise refusal() from error
