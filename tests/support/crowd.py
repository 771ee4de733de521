"""Acme with somebody of each role beside Globex with Gus, for attacks on people as SQL."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection, errors

from tests.support.house import ANA, GUS, House

ADA, MEG, VIC = (str(UUID(int=number)) for number in (11, 12, 13))
ROLES = {ADA: "admin", MEG: "member", VIC: "viewer"}
HASH, OTHER_HASH, GLOBEX_HASH = (sha256(word).digest() for word in (b"one", b"two", b"three"))
INVITE = "select private.invite('acme', %s, %s, %s)::text"


def fill(house: House) -> House:
    """Add members of each role to Acme; profiles, sessions and an invitation to Globex."""
    for user, role in ROLES.items():
        house.owner.execute(
            "insert into app.tenant_memberships (tenant_id, user_id, role) values ('acme', %s, %s)",
            [user, role],
        )
    for user, name in {ANA: "Ana", ADA: "Ada", MEG: "Meg", VIC: "Vic", GUS: "Gus"}.items():
        house.owner.execute(
            "insert into app.profiles (user_id, email, name) values (%s, %s, %s)",
            [user, f"{name.lower()}@people.test", name],
        )
    house.owner.execute(
        "insert into app.entered_workspaces (user_id, session_id, tenant_id)"
        " values (%s, 's-gus', 'globex'), (%s, 's-ana', 'acme')",
        [GUS, ANA],
    )
    house.owner.execute(
        "insert into app.invitations (tenant_id, email, role, token_hash, invited_by)"
        " values ('globex', 'guest@globex.test', 'admin', %s, %s)",
        [GLOBEX_HASH, GUS],
    )
    return house


def called(connection: Connection, statement: str, *values: object) -> Any:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]


def role_of(house: House, user: str, tenant: str = "acme") -> str | None:
    row = house.owner.execute(
        "select role from app.tenant_memberships where tenant_id = %s and user_id = %s",
        [tenant, user],
    ).fetchone()
    return None if row is None else str(row[0])


def trail(house: House) -> list[tuple[str, str | None]]:
    """Return what was recorded after the beginning, with who did it."""
    rows = house.owner.execute(
        "select action, user_id::text from app.audit_log where user_id is not null order by id"
    ).fetchall()
    return [(action, user) for action, user in rows]


def refused(house: House, user: str | None, statement: str, *values: object) -> str:
    """Return why a statement of a user is refused; nothing of it stays."""
    with pytest.raises(errors.DatabaseError) as caught:
        house.act_as(user).execute(statement.encode(), values)
    house.api.rollback()
    return caught.value.diag.message_primary or ""
