"""Small GA4 exports written by hand, with a campaign that gives away whose they are."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

DAYS = (date(2026, 11, 19), date(2026, 11, 20))
EARLIER = (date(2026, 11, 17), date(2026, 11, 18))


def write_events(path: Path, *, campaign: str, sessions: int, days: Sequence[date] = DAYS) -> Path:
    """Write an export with so many sessions on each day, all of one campaign."""
    lines = [
        json.dumps(event)
        for day in days
        for number in range(sessions)
        for event in _session(day, number, campaign)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _session(day: date, number: int, campaign: str) -> Iterator[dict[str, Any]]:
    started = int(datetime(day.year, day.month, day.day, 10, number, tzinfo=UTC).timestamp())
    for second, name in enumerate(("session_start", "page_view")):
        yield {
            "event_date": f"{day:%Y%m%d}",
            "event_timestamp": (started + second) * 1_000_000,
            "event_name": name,
            "user_pseudo_id": f"{campaign}.{day:%d}.{number}",
            "event_params": [
                _param("ga_session_id", int_value=started),
                _param("ga_session_number", int_value=1),
                _param("session_engaged", string_value="1"),
                _param("page_location", string_value=f"https://{campaign}.test/"),
            ],
            "collected_traffic_source": {
                "manual_source": f"{campaign}-partner",
                "manual_medium": "cpc",
                "manual_campaign_name": campaign,
            },
            "device": {"category": "desktop"},
            "geo": {"country": "Germany"},
        }


def _param(key: str, *, int_value: int | None = None, string_value: str | None = None) -> Any:
    return {"key": key, "value": {"int_value": int_value, "string_value": string_value}}
