"""Which media type a client gets."""

import pytest

from api.errors import NotAcceptableError
from api.media import EVENT_STREAM, JSON, preferred

OFFERS = (JSON, EVENT_STREAM)


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("text/event-stream", EVENT_STREAM),
        ("text/event-stream, application/json;q=0.5", EVENT_STREAM),
        ("text/event-stream;q=0.2, application/json;q=0.5", JSON),
        ("text/*", EVENT_STREAM),
        ("Text/Event-Stream", EVENT_STREAM),
        ("application/json;q=0, */*", EVENT_STREAM),
        ("application/json;q=rubbish, text/event-stream;q=0.1", EVENT_STREAM),
    ],
)
def test_the_best_offer_is_chosen(accept: str | None, given: str) -> None:
    assert preferred(accept, OFFERS) == given


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
def test_a_client_that_accepts_neither_is_told_so(accept: str) -> None:
    with pytest.raises(NotAcceptableError):
        preferred(accept, OFFERS)
