"""The sample logins: public by design, so they exist on loopback demos only."""

from __future__ import annotations

from dataclasses import dataclass

from gtm.context import TenantId
from gtm.demo.workspaces import load_workspaces

DEMO_PASSWORD = "gtm-demo"  # noqa: S105 - shown on the sign-in page of a loopback demo


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A sign-in of one sample workspace."""

    email: str
    password: str
    name: str
    tenant_id: TenantId
    workspace: str


def demo_logins() -> tuple[DemoLogin, ...]:
    """Return the owner of each sample workspace."""
    return tuple(
        DemoLogin(
            email=workspace.user_email,
            password=DEMO_PASSWORD,
            name=workspace.user_name,
            tenant_id=workspace.tenant_id,
            workspace=workspace.slug,
        )
        for workspace in load_workspaces().values()
    )
