"""What joins sources, and what tells how each one is doing: built after any of them changed."""

from __future__ import annotations

from gtm.models.model import SourceModels

CROSS = SourceModels(facts=(), views=("vw_data_freshness",))
