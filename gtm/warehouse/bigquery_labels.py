"""Labels of jobs, by which BigQuery's bill is split: whose question it was, and in which talk."""

from __future__ import annotations

import re

from gtm.context import TenantContext

_NOT_IN_LABELS = re.compile(r"[^a-z0-9_-]")
_MAX_LENGTH = 63


def labels_of(tenant: TenantContext) -> dict[str, str]:
    """Return a job's labels, in the letters that BigQuery allows in them."""
    labels = {
        "tenant": tenant.tenant_id,
        "user": tenant.user_id,
        "conversation": tenant.conversation_id or "",
    }
    return {name: _label(value) for name, value in labels.items() if value}


def _label(value: str) -> str:
    return _NOT_IN_LABELS.sub("_", value.lower())[:_MAX_LENGTH]
