"""What a turn used, as it is kept with the turn."""

from __future__ import annotations

import time

from agents.reply import ModelUsage, TurnUsage
from agents.turn_record import TurnRecord


def usage_of(record: TurnRecord, *, begun: float) -> TurnUsage:
    """Sum up a turn that began at a reading of the monotonic clock."""
    return TurnUsage(
        models=tuple(
            ModelUsage(
                name=name,
                calls=used.calls,
                tokens_in=used.prompt,
                tokens_out=used.output,
                is_estimated=used.is_estimated,
            )
            for name, used in record.usage.items()
        ),
        model_calls=record.model_calls,
        tool_calls=record.tool_calls,
        duration_ms=round((time.monotonic() - begun) * 1000, 1),
    )
