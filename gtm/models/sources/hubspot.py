"""HubSpot: contacts, companies, deals and what happened to them; rebuilt whole, they are small."""

from __future__ import annotations

from gtm.models.model import SourceModels

HUBSPOT = SourceModels(facts=(), views=())
