"""How ADK is set up in this process, before any of it runs."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from typing import Any, Final, cast

_A2A_AGENT: Final = "google.adk.agents.remote_a2a_agent"
_HISTORY_LOGGER: Final = "google_adk.google.adk.flows.llm_flows.tools._rearranger"


def set_up_adk() -> None:
    """Turn off what costs time or misleads; safe to call again."""
    # ADK would look for Google credentials before its first HTTP session, which can hang.
    os.environ.setdefault("GOOGLE_API_USE_CLIENT_CERTIFICATE", "false")
    # ADK tries this import at every delegation; where a2a is missing it fails, at 20 ms a time.
    if importlib.util.find_spec("a2a") is None:
        cast("dict[str, Any]", sys.modules).setdefault(_A2A_AGENT, None)
    # A long history is read from some event on, so its first tool answer may lack its call.
    logging.getLogger(_HISTORY_LOGGER).setLevel(logging.ERROR)
