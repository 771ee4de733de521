"""What joins sources, and what tells how each one is doing: built after any of them changed."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

CROSS = SourceModels(
    facts=(Model("fct_data_days", Refresh.WHOLE),),
    views=("vw_data_freshness", "vw_data_days", "vw_data_loads"),
)
