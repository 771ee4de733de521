"""Media types: which answer a client accepts, and which bodies we read."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from api.errors import NotAcceptableError, UnsupportedMediaTypeError

JSON = "application/json"
EVENT_STREAM = "text/event-stream"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
PNG = "image/png"


def preferred(accept: str | None, offers: Sequence[str]) -> str:
    """Return the offer a client likes best; the first of equals. Raises NotAcceptableError."""
    if not accept or not accept.strip():
        return offers[0]
    weights = _weights(accept)
    best = max(offers, key=lambda offer: _weight(offer, weights))
    if _weight(best, weights) <= 0:
        raise NotAcceptableError(
            f"This answers with {' or '.join(offers)} only.", hint=f"Send `Accept: {offers[0]}`."
        )
    return best


def require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON. Raises UnsupportedMediaTypeError."""
    is_with_body = request.method in {"POST", "PUT", "PATCH"} or (
        # Most need none.
        request.method == "DELETE"
        and (
            request.headers.get("content-length", "0") != "0"
            or "transfer-encoding" in request.headers
        )
    )
    if not is_with_body:
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise UnsupportedMediaTypeError(
            f"The body has to be {JSON}.", hint=f"Send `Content-Type: {JSON}`."
        )


def _weights(accept: str) -> dict[str, float]:
    weights = {}
    for item in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in item.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _number(value)
        weights[media_type] = weight
    return weights


def _weight(offer: str, weights: dict[str, float]) -> float:
    kind = offer.partition("/")[0]
    for pattern in (offer, f"{kind}/*", "*/*"):
        if pattern in weights:
            return weights[pattern]
    return 0.0


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
