"""Where the hosted warehouse is, and the names of those who may read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from gtm.context import TenantContext

# A service account's name in its project; IAM refuses others.
_ACCOUNT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_MAX_ACCOUNT = 30
_MARK_LENGTH = 6
_NOT_IN_ACCOUNTS = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class BigQueryProject:
    """Where the datasets are, and whom to impersonate for questions.

    `account_pattern` names a tenant's service account, `{tenant}` in the place of the tenant.
    `endpoint` leads to the loopback stand-in instead of Google.
    """

    project: str
    location: str
    account_pattern: str
    endpoint: str | None = None

    def account_of(self, tenant: TenantContext) -> str:
        """Return the address of the service account that asks for a tenant."""
        name, _, domain = self.account_pattern.partition("@")
        return f"{_account_name(name, tenant.tenant_id)}@{domain or self._domain}"

    @property
    def app_account(self) -> str:
        """The app's own identity towards the stand-in; Google's own comes from the environment."""
        return f"gtm-app@{self._domain}"

    @property
    def _domain(self) -> str:
        return f"{self.project}.iam.gserviceaccount.com"


def _account_name(pattern: str, tenant_id: str) -> str:
    """Fill the pattern; what IAM would refuse is shortened and marked, so that it stays unique."""
    wanted = pattern.replace("{tenant}", tenant_id)
    if _ACCOUNT.fullmatch(wanted):
        return wanted
    mark = sha256(tenant_id.encode()).hexdigest()[:_MARK_LENGTH]
    clean = _NOT_IN_ACCOUNTS.sub("-", wanted.lower())[: _MAX_ACCOUNT - _MARK_LENGTH - 1]
    return f"{clean.strip('-')}-{mark}"
