"""An application, found by name like the real one, whose answers never end."""

from starlette.applications import Starlette

import app
from gtm.bootstrap import Services
from gtm.settings import Settings
from tests.support.scripted_turns import ScriptedTurns


def create_app(settings: Settings) -> Starlette:
    """Build it."""

    def make_turns(services: Services) -> ScriptedTurns:
        return ScriptedTurns(services, waits=True)

    return app.create_app(settings, make_turns=make_turns)
