"""Two workspaces with people who can sign in."""

from collections.abc import Mapping

from gtm.bootstrap import open_state, open_user_registry
from gtm.clock import Clock
from gtm.context import Role, UserId
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory

PASSWORD = "a password"
PEOPLE: Mapping[str, tuple[str, Role]] = {
    "ana@acme.test": ("acme", Role.OWNER),
    "ben@acme.test": ("acme", Role.MEMBER),
    "gus@globex.test": ("globex", Role.OWNER),
}


async def add_people(settings: Settings, clock: Clock) -> dict[str, UserId]:
    """Create the workspaces, their members and the passwords; return the ids by e-mail."""
    state = open_state(settings)
    directory = PostgresWorkspaceDirectory(state.database)
    users = open_user_registry(settings, clock)
    ids = {}
    for email, (slug, role) in PEOPLE.items():
        workspace = Workspace.named(slug, slug.title())
        name = email.partition("@")[0].title()
        user_id = UserId(users.ensure_user(email, PASSWORD, name=name, app_metadata={}))
        await directory.add(workspace)
        await directory.set_member(workspace.tenant_id, user_id, role)
        ids[email] = user_id
    users.close()
    await state.close()
    return ids
