"""The landing tables that the models read, in the sources' native schemas.

The models create them empty when a source was never loaded, so that its views exist all the same.
"""

from __future__ import annotations

from gtm.models.landing.ga4 import GA4_TABLES
from gtm.models.landing.gsc import GSC_TABLES
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from gtm.models.landing.loads import LOAD_REPORTS

LANDING = (*GA4_TABLES, *GSC_TABLES, *HUBSPOT_TABLES, LOAD_REPORTS)
