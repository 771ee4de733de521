"""Members of workspaces: what they are called, what they may do, and that an owner always stays."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import pytest

from gtm.auth.identity import Person
from gtm.context import Role, TenantContext, UserId
from gtm.errors import InvalidInputError, NotFoundError, NotPermittedError
from gtm.store.database import Database
from gtm.tenants.base import Workspace
from gtm.tenants.people import MemberKey
from gtm.tenants.people_postgres import PostgresPeople
from gtm.tenants.people_refusals import LastOwnerError
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import new_database

ACME, GLOBEX = Workspace.named("acme", "Acme"), Workspace.named("globex", "Globex")
ANA, ADA, MEG, GUS = (UserId(str(UUID(int=number))) for number in (1, 2, 3, 4))


@dataclass
class Office:
    """Acme with an owner, an admin and a member; Globex with Gus."""

    database: Database
    directory: PostgresWorkspaceDirectory
    people: PostgresPeople

    async def role(self, user_id: UserId) -> Role | None:
        return dict(await self.directory.members(ACME.tenant_id)).get(user_id)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    database = Database(new_database())
    directory = PostgresWorkspaceDirectory(database)
    await directory.add(ACME)
    await directory.add(GLOBEX)
    for user_id, role in ((ANA, Role.OWNER), (ADA, Role.ADMIN), (MEG, Role.MEMBER)):
        await directory.set_member(ACME.tenant_id, user_id, role)
    await directory.set_member(GLOBEX.tenant_id, GUS, Role.OWNER)
    yield Office(database, directory, PostgresPeople(database))
    await database.close()


def at(user_id: UserId, role: Role = Role.OWNER) -> TenantContext:
    """The role is what a caller may claim; the database knows better."""
    return ACME.context(user_id, role)


async def test_members_are_listed_as_they_joined_and_by_the_page(office: Office) -> None:
    members = await office.people.members(at(MEG), limit=10)
    assert [member.user_id for member in members] == [ANA, ADA, MEG]
    first = (await office.people.members(at(MEG), limit=1))[0]
    after = MemberKey(first.joined_at, first.user_id)
    rest = await office.people.members(at(MEG), limit=10, after=after)
    assert rest == members[1:]
    assert await office.people.members(at(GUS), limit=10) == ()


async def test_members_are_called_what_they_were_at_their_last_sign_in(office: Office) -> None:
    await office.people.arrived(Person(ANA, "ana@acme.test", "Ana A."))
    await office.people.arrived(Person(ANA, "ana@acme.test", "Ana B."))
    await office.people.arrived(Person(ADA, "ada@acme.test", "ada@acme.test"))
    found = await office.people.members(at(MEG), limit=10)
    assert [(member.email, member.name) for member in found] == [
        ("ana@acme.test", "Ana B."),
        ("ada@acme.test", None),
        (None, None),
    ]


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "\ud800", "x" * 5000, "", " ", "\u202eevil"])
async def test_any_name_of_the_sign_in_service_can_be_kept(office: Office, name: str) -> None:
    await office.people.arrived(Person(ANA, "ana@acme.test", name))
    [ana, *_] = await office.people.members(at(ANA), limit=10)
    assert ana.name is None or (ana.name.isprintable() and len(ana.name) <= 200)


async def test_the_same_name_again_writes_nothing(office: Office) -> None:
    """Sessions are renewed every hour."""
    versions = set()
    for _ in range(2):
        await office.people.arrived(Person(ANA, "ana@acme.test", "Ana"))
        async with office.database.as_user(ANA) as connection:
            row = await (await connection.execute("select xmin from app.profiles")).fetchone()
            versions.add(row)
    assert len(versions) == 1


async def test_a_role_is_changed_and_shown(office: Office) -> None:
    changed = await office.people.change_role(at(ADA, Role.ADMIN), MEG, Role.ADMIN)
    assert (changed.user_id, changed.role) == (MEG, Role.ADMIN)
    assert await office.role(MEG) is Role.ADMIN


async def test_a_role_the_caller_only_claims_is_worth_nothing(office: Office) -> None:
    with pytest.raises(NotPermittedError):
        await office.people.change_role(at(MEG, Role.OWNER), MEG, Role.ADMIN)
    with pytest.raises(NotPermittedError):
        await office.people.change_role(at(ADA, Role.OWNER), ADA, Role.OWNER)
    with pytest.raises(NotFoundError, match="workspace"):
        await office.people.remove(at(GUS, Role.OWNER), MEG)


async def test_unknown_and_foreign_people_are_no_members(office: Office) -> None:
    for user_id in (GUS, UserId(str(UUID(int=99)))):
        with pytest.raises(NotFoundError, match="no such member"):
            await office.people.change_role(at(ANA), user_id, Role.VIEWER)
        with pytest.raises(NotFoundError, match="no such member"):
            await office.people.remove(at(ANA), user_id)


async def test_the_last_owner_can_neither_leave_nor_step_down(office: Office) -> None:
    with pytest.raises(LastOwnerError):
        await office.people.remove(at(ANA), ANA)
    with pytest.raises(LastOwnerError):
        await office.people.change_role(at(ANA), ANA, Role.MEMBER)
    assert await office.role(ANA) is Role.OWNER


async def test_of_two_owners_who_leave_at_once_one_stays(office: Office) -> None:
    for round_ in range(8):
        await office.directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
        await office.directory.set_member(ACME.tenant_id, ADA, Role.OWNER)
        results = await asyncio.gather(
            office.people.remove(at(ANA), ANA),
            office.people.remove(at(ADA), ADA),
            return_exceptions=True,
        )
        assert [type(result) for result in results if result] == [LastOwnerError], round_
        members = await office.directory.members(ACME.tenant_id)
        assert [role for _, role in members].count(Role.OWNER) == 1


async def test_of_two_owners_who_demote_each_other_at_once_one_stays(office: Office) -> None:
    for _ in range(8):
        await office.directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
        await office.directory.set_member(ACME.tenant_id, ADA, Role.OWNER)
        results = await asyncio.gather(
            office.people.change_role(at(ANA), ADA, Role.VIEWER),
            office.people.change_role(at(ADA), ANA, Role.VIEWER),
            return_exceptions=True,
        )
        # The second one finds that they are no owner any more.
        refused = [result for result in results if isinstance(result, BaseException)]
        assert [type(result) for result in refused] == [NotPermittedError]
        members = await office.directory.members(ACME.tenant_id)
        assert [role for _, role in members].count(Role.OWNER) == 1


async def test_any_mix_of_changes_at_once_leaves_an_owner(office: Office) -> None:
    crowd = [UserId(str(UUID(int=number))) for number in range(100, 106)]
    for user_id in crowd:
        await office.directory.set_member(ACME.tenant_id, user_id, Role.OWNER)
    owners = [ANA, *crowd]
    others = count()
    await asyncio.gather(
        *(office.people.remove(at(user_id), user_id) for user_id in owners),
        *(
            office.people.change_role(at(user_id), owners[next(others)], Role.MEMBER)
            for user_id in reversed(owners)
        ),
        *(office.people.transfer(at(user_id), ADA) for user_id in owners),
        return_exceptions=True,
    )
    members = await office.directory.members(ACME.tenant_id)
    assert [role for _, role in members].count(Role.OWNER) >= 1


async def test_a_workspace_is_handed_over_once(office: Office) -> None:
    results = await asyncio.gather(
        office.people.transfer(at(ANA), ADA),
        office.people.transfer(at(ANA), MEG),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result] == [NotPermittedError]
    members = await office.directory.members(ACME.tenant_id)
    assert [role for _, role in members].count(Role.OWNER) == 1
    assert await office.role(ANA) is Role.ADMIN


async def test_one_hands_nothing_over_to_oneself(office: Office) -> None:
    with pytest.raises(InvalidInputError):
        await office.people.transfer(at(ANA), ANA)
    assert await office.role(ANA) is Role.OWNER
