"""A chart as a PNG: drawn with the font that comes along, on machines without any too."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import anyio
from anyio import to_thread

from gtm.charts.drawing import render
from gtm.charts.drawing.page import draw
from gtm.charts.drawing.text import is_own
from gtm.charts.spec import ChartSpec
from gtm.errors import GtmError

logger = logging.getLogger(__name__)

_FONTS: Final = sorted(str(path) for path in (Path(__file__).parent / "fonts").glob("*.ttf"))
# For screens of twice the density, and for slides.
_ZOOM: Final = "2"


class PictureFailedError(GtmError):
    """A chart could not be drawn as a picture."""

    code, status_code, can_retry = "picture_failed", 503, True


class Painter:
    """Draws charts as PNG, each in a short-lived process, a few at once."""

    def __init__(self, *, at_once: int = 2, timeout_seconds: float = 20.0) -> None:
        self._places = anyio.CapacityLimiter(at_once)
        self._timeout_seconds = timeout_seconds

    async def png(self, spec: ChartSpec, *, at: datetime | None) -> bytes:
        """Return a chart's picture; `at` is when its data was read. Raises PictureFailedError."""
        below = "" if at is None else f"As of {_moment(at)}"
        document = await to_thread.run_sync(lambda: draw(spec, below=below))
        # Looking for fonts takes time, so it is done for letters alone that ours lacks.
        looks_for_fonts = "no" if is_own(document) else "yes"
        command = [sys.executable, "-I", render.__file__, _ZOOM, looks_for_fonts, *_FONTS]
        try:
            async with self._places:
                with anyio.fail_after(self._timeout_seconds):
                    drawn = await anyio.run_process(command, input=document.encode())
        except (subprocess.CalledProcessError, OSError, TimeoutError) as error:
            logger.exception("picture_failed")
            raise PictureFailedError(
                "The chart could not be drawn as a picture.", hint="Try again in a moment."
            ) from error
        return drawn.stdout


def _moment(at: datetime) -> str:
    time = at.astimezone(UTC)
    return f"{time.day} {time:%b %Y, %H:%M} UTC"
