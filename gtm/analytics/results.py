"""Kept results: each under a handle that only its own workspace can use, for a while."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gtm.clock import Clock
from gtm.context import TenantContext, TenantId
from gtm.errors import NotFoundError
from gtm.semantics.result import StoredResult

PREFIX = "res_"
_TOKEN_BYTES = 18


@dataclass(frozen=True, slots=True)
class _Kept:
    result: StoredResult
    until: datetime
    cells: int


@dataclass(slots=True)
class _Shelf:
    """The results of one workspace, the least recently used first."""

    kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    cells: int = 0

    def drop(self, result_id: str) -> None:
        """Forget a result."""
        self.cells -= self.kept.pop(result_id).cells

    def drop_oldest(self) -> None:
        """Forget the result nobody has used for longest."""
        self.drop(next(iter(self.kept)))


class ResultStore:
    """Results in memory, bounded by number and by cells a workspace, and by workspaces."""

    def __init__(
        self,
        clock: Clock,
        *,
        ttl_seconds: int,
        max_results: int = 200,
        max_cells: int = 2_000_000,
        max_tenants: int = 200,
    ) -> None:
        self._clock = clock
        self._ttl = timedelta(seconds=ttl_seconds)
        self._max_results = max_results
        self._max_cells = max_cells
        self._max_tenants = max_tenants
        self._shelves: OrderedDict[TenantId, _Shelf] = OrderedDict()

    def new_id(self) -> str:
        """Return a handle nobody can guess."""
        return PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)

    def put(self, tenant: TenantContext, result: StoredResult) -> None:
        """Keep a result; the newest always stays, older ones make room."""
        shelf = self._shelves.setdefault(tenant.tenant_id, _Shelf())
        self._shelves.move_to_end(tenant.tenant_id)
        if result.result_id in shelf.kept:
            shelf.drop(result.result_id)
        cells = len(result.table.rows) * len(result.table.columns)
        until = self._clock.now() + self._ttl
        shelf.kept[result.result_id] = _Kept(result, until, cells)
        shelf.cells += cells
        while len(shelf.kept) > 1 and (
            len(shelf.kept) > self._max_results or shelf.cells > self._max_cells
        ):
            shelf.drop_oldest()
        while len(self._shelves) > self._max_tenants:
            self._shelves.popitem(last=False)

    def get(self, tenant: TenantContext, result_id: str) -> StoredResult:
        """Return a result. Raises NotFoundError, the same for unknown, foreign and expired ones."""
        shelf = self._shelves.get(tenant.tenant_id, _Shelf())
        kept = shelf.kept.get(result_id)
        if kept is not None and kept.until <= self._clock.now():
            shelf.drop(result_id)
            kept = None
        if kept is None:
            raise NotFoundError(
                "This result is not available (any more).",
                hint="Results are kept for a while; run the query again.",
            )
        shelf.kept.move_to_end(result_id)
        self._shelves.move_to_end(tenant.tenant_id)
        return kept.result

    def forget(self, tenant: TenantContext) -> None:
        """Forget every result of a workspace that is gone."""
        self._shelves.pop(tenant.tenant_id, None)
