"""Who may do what: identities behind bearer tokens, and the access entries of datasets."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from gtm.clock import Clock
from sandbox.bigquery_rest.catalog import Catalog, Dataset, TableId
from sandbox.bigquery_rest.errors import ApiRefusal, access_denied, unauthenticated

_TOKEN_LIFE = timedelta(hours=1)
_RANKS = {
    "READER": 1,
    "WRITER": 2,
    "OWNER": 3,
    "roles/bigquery.dataViewer": 1,
    "roles/bigquery.dataEditor": 2,
    "roles/bigquery.dataOwner": 3,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A short-lived token of a service account."""

    text: str
    expires_at: datetime


class Identities:
    """Tells who a bearer token stands for.

    The `owner` owns the project and may impersonate its service accounts; its address is its own
    token. Everyone else has a token that was given out for an hour.
    """

    def __init__(self, project: str, owner: str, clock: Clock) -> None:
        self._domain = f"@{project}.iam.gserviceaccount.com"
        self.owner = owner
        self._clock = clock
        self._lock = Lock()
        self._tokens: dict[str, tuple[str, datetime]] = {}

    def of(self, token: str) -> str:
        """Return the identity of a token. Refuses an unknown or an old one."""
        if secrets.compare_digest(token.encode(), self.owner.encode()):
            return self.owner
        with self._lock:
            account, until = self._tokens.get(token, ("", self._clock.now()))
        if until <= self._clock.now():
            raise unauthenticated()
        return account

    def impersonate(self, identity: str, account: str) -> Token:
        """Return a token of a service account. Refuses who may not impersonate it."""
        if identity != self.owner or not account.endswith(self._domain):
            message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource"
            raise ApiRefusal(403, "IAM_PERMISSION_DENIED", f"{message} (or it may not exist).")
        token = Token(secrets.token_urlsafe(24), self._clock.now() + _TOKEN_LIFE)
        with self._lock:
            self._tokens[token.text] = (account, token.expires_at)
        return token


class Access:
    """Decides from the access entries of datasets, as BigQuery does."""

    def __init__(self, catalog: Catalog, owner: str) -> None:
        self._catalog = catalog
        self._owner = owner

    def require(self, identity: str, dataset: str, role: str) -> Dataset:
        """Return a dataset in which the identity has a role, or refuse."""
        found = self._catalog.dataset(dataset)
        if not self._has(identity, found, role):
            name = f"{self._catalog.project}:{dataset}"
            raise access_denied("Dataset", name, "access")
        return found

    def require_owner(self, identity: str) -> None:
        """Refuse everyone but the project's owner."""
        if identity != self._owner:
            raise access_denied("Project", self._catalog.project, "create datasets in")

    def readable(self, identity: str, of: TableId) -> Iterator[TableId]:
        """Yield the tables beneath a name, itself if it is a table; refuse what is out of reach."""
        dataset = self._catalog.dataset(of.dataset)
        if not self._has(identity, dataset, "READER"):
            raise self._denied(of)
        yield from self._beneath(identity, of)

    def _beneath(self, identity: str, of: TableId) -> Iterator[TableId]:
        if of.table.endswith("*"):
            yield from self._shards(of)
            return
        table = self._catalog.table(of)
        if table.sql is None:
            yield of
            return
        for read in table.reads:
            dataset = self._catalog.dataset(read.dataset)
            is_open = self._has(identity, dataset, "READER") or _lets_views_in(dataset, of)
            if not is_open:
                raise self._denied(read)
            yield from self._beneath(identity, read)

    def _shards(self, of: TableId) -> Iterator[TableId]:
        found = self._catalog.matching(of.dataset, of.table.removesuffix("*"))
        if not found:
            raise ApiRefusal(
                404, "notFound", f"{self._catalog.full_name(of)} does not match any table."
            )
        for table in found:
            yield table.id

    def _has(self, identity: str, dataset: Dataset, role: str) -> bool:
        if identity == self._owner:
            return True
        granted = [
            _RANKS.get(str(entry.get("role")), 0)
            for entry in dataset.access
            if entry.get("userByEmail") == identity
        ]
        return max(granted, default=0) >= _RANKS[role]

    def _denied(self, of: TableId) -> ApiRefusal:
        return access_denied("Table", self._catalog.full_name(of), "query")


def _lets_views_in(dataset: Dataset, view: TableId) -> bool:
    """Whether a dataset lets a view, or all views of the view's dataset, read it."""
    for entry in dataset.access:
        authorised = entry.get("dataset") or {}
        is_dataset = authorised.get("dataset", {}).get("datasetId") == view.dataset
        if is_dataset and "VIEWS" in authorised.get("targetTypes", ()):
            return True
        one = entry.get("view") or {}
        if (one.get("datasetId"), one.get("tableId")) == (view.dataset, view.table):
            return True
    return False
