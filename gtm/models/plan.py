"""All models there are, by source."""

from __future__ import annotations

from collections.abc import Mapping

from gtm.models.model import Source, SourceModels
from gtm.models.sources.cross import CROSS
from gtm.models.sources.ga4 import GA4
from gtm.models.sources.gsc import GSC
from gtm.models.sources.hubspot import HUBSPOT

SOURCES: Mapping[Source, SourceModels] = {
    Source.GA4: GA4,
    Source.GSC: GSC,
    Source.HUBSPOT: HUBSPOT,
}
VIEWS = (*GA4.views, *GSC.views, *HUBSPOT.views, *CROSS.views)
