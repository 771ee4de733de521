"""The second list: the tables BigQuery says a query reads, checked beside the names it writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gtm.context import TenantContext
from gtm.errors import NotPermittedError

ViewSources = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class TableName:
    """A table as BigQuery names it."""

    project: str
    dataset: str
    table: str


@dataclass(frozen=True, slots=True)
class KnownTables:
    """What the models are known to read: the views, and the raw tables beneath each.

    A name ending in `*` stands for day shards. The guard has allowed the names in the SQL by
    reading it; this asks the engine, which may have understood it in another way.
    """

    project: str
    sources: ViewSources

    def check(self, tenant: TenantContext, referenced: Iterable[TableName]) -> None:
        """Raise NotPermittedError unless every table is the tenant's own and a known one.

        The list may lack tables, since BigQuery leaves some out (beyond fifty, or beneath a view
        when the caller may not see them); what it does hold must be known.
        """
        for name in referenced:
            if name.project != self.project or not self._is_known(tenant, name):
                raise NotPermittedError(
                    "The query would read something other than the workspace's views.",
                    hint="Ask from the views that list_views names.",
                )

    def _is_known(self, tenant: TenantContext, name: TableName) -> bool:
        if name.dataset == tenant.dataset:
            return name.table in self.sources
        if name.dataset != tenant.raw_dataset:
            return False
        beneath = set().union(*self.sources.values())
        return name.table in beneath or any(
            name.table.startswith(known.removesuffix("*"))
            for known in beneath
            if known.endswith("*")
        )
