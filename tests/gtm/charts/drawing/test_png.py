"""Pictures as PNG: drawn in a process of their own, with the font that comes along."""

import struct
import zlib
from datetime import UTC, datetime

import pytest

from gtm.charts.drawing import png
from gtm.charts.drawing.png import Painter, PictureFailedError
from gtm.charts.spec import Axis, ChartConfig, ChartSpec, Series

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def chart(title: str) -> ChartSpec:
    config = ChartConfig(
        x_axis=Axis(data_key="c"),
        y_axis=Axis(data_key="v"),
        series=(Series(data_key="v", name="V"),),
    )
    return ChartSpec(type="bar", title=title, data=({"c": "a", "v": 1},), config=config)


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def rows_of(picture: bytes) -> bytes:
    """The compressed pixels, unpacked: equal for equal pictures."""
    data, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)


async def test_a_chart_is_a_picture_of_twice_the_density() -> None:
    picture = await Painter().png(chart("Sessions"), at=AT)
    width, height = size_of(picture)
    assert width == 1_680
    assert 600 < height < 1_200


async def test_letters_are_drawn_without_any_font_of_the_machine() -> None:
    """Our own letters never lead to a look for others; were there no font, all would be blank."""
    painter = Painter()
    blank = rows_of(await painter.png(chart(""), at=None))
    seen = [
        rows_of(await painter.png(chart(title), at=None))
        for title in ("Sessions", "Sitzungen", "Сеансы", "Συνεδρίες", "Oturumlar Ğ")
    ]
    assert len({blank, *seen}) == 6


async def test_equal_charts_are_equal_pictures() -> None:
    painter = Painter()
    pictures = {await painter.png(chart("Sessions"), at=AT) for _ in range(2)}
    assert len(pictures) == 1


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(PictureFailedError) as refused:
        await Painter(timeout_seconds=0).png(chart("Sessions"), at=AT)
    assert (refused.value.status_code, refused.value.can_retry) == (503, True)


async def test_what_the_renderer_refuses_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(png, "draw", lambda *_, **__: "<svg>broken")
    with pytest.raises(PictureFailedError):
        await Painter().png(chart("A secret"), at=AT)
    assert "A secret" not in caplog.text
