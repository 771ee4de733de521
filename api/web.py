"""The built web UI: files as they are, and its page for every other address."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_NOT_BUILT = """The web UI is not built yet.

Run `make web` in the project folder, then reload this page.
The API answers under /v1, and `gtm ask "…"` works without the UI.
"""
# Names of assets hold a hash of their content.
_FOREVER = "public, max-age=31536000, immutable"


class WebApp:
    """Serves the folder the build writes, also when it is built while the server runs."""

    def __init__(self, directory: Path) -> None:
        self._index = directory / "index.html"
        self._files = StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = await self._respond(scope)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope) -> Response:
        path = scope["path"].lstrip("/")
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"allow": "GET, HEAD"})
        if not self._index.is_file():
            if PurePosixPath(path).suffix:
                raise HTTPException(404)
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        # The UI names its views with paths of its own; only files have a suffix.
        if not PurePosixPath(path).suffix or path == self._index.name:
            return FileResponse(self._index, headers={"cache-control": "no-cache"})
        response = await self._files.get_response(path, scope)
        if path.startswith("assets/"):
            response.headers["cache-control"] = _FOREVER
        return response
