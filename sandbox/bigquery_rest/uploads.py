"""The two ways a file comes in: one multipart request, or chunks of a resumable upload."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sandbox.bigquery_rest.errors import ApiRefusal, invalid

Json = dict[str, Any]

_BOUNDARY = re.compile(r"boundary=[\"']?([^\"';]+)")
_RANGE = re.compile(r"bytes (?P<range>\*|(?P<first>\d+)-(?P<last>\d+))/(?P<total>\*|\d+)")


@dataclass(slots=True, eq=False)
class Upload:
    """A file on its way, and the job that wants it."""

    identity: str
    body: Json
    received: bytearray = field(default_factory=bytearray)


class Uploads:
    """Resumable uploads under way."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._uploads: dict[str, Upload] = {}

    def begin(self, identity: str, body: Json) -> str:
        """Open an upload; return its id."""
        upload_id = secrets.token_urlsafe(12)
        with self._lock:
            self._uploads[upload_id] = Upload(identity, body)
        return upload_id

    def add(self, upload_id: str, chunk: bytes, content_range: str) -> tuple[Upload, bool]:
        """Add a chunk; return the upload and whether that was all."""
        with self._lock:
            upload = self._uploads.get(upload_id)
        if upload is None:
            raise ApiRefusal(404, "notFound", "Upload not found")
        match = _RANGE.fullmatch(content_range)
        if match is None:
            raise invalid("Content-Range is missing.")
        if match["range"] != "*":
            if int(match["first"]) != len(upload.received):
                raise invalid("The chunk does not follow the one before it.")
            upload.received += chunk
        is_whole = match["total"] != "*" and len(upload.received) >= int(match["total"])
        if is_whole:
            with self._lock:
                del self._uploads[upload_id]
        return upload, is_whole


def parse_multipart(content: bytes, content_type: str) -> tuple[Json, bytes]:
    """Return the metadata and the file of a multipart upload."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise invalid("The multipart boundary is missing.")
    parts = content.split(b"--" + boundary[1].encode())
    if len(parts) != 4:
        raise invalid("A multipart upload has two parts.")
    metadata, file = (part.split(b"\r\n\r\n", maxsplit=1)[1] for part in parts[1:3])
    return read_json(metadata), file.removesuffix(b"\r\n")


def read_json(content: bytes) -> Json:
    """Return a JSON object. Refuses anything else."""
    try:
        value = json.loads(content or b"{}")
    except ValueError as error:
        raise ApiRefusal(400, "parseError", "Parse Error") from error
    if not isinstance(value, dict):
        raise ApiRefusal(400, "parseError", "Parse Error")
    return value
