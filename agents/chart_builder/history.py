"""How the last result has been drawn so far: what a change is made to, and what undoing goes to."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final

from google.adk.sessions.state import State
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.before import LAST_QUERY
from gtm.charts.merging import merged
from gtm.charts.spec import ChartDraft, ChartSpec

HISTORY: Final = "chart_history"
# What is being drawn; it becomes history once it is.
PENDING: Final = "chart_pending"
_MOST_STEPS: Final = 20
_NOTHING_TO_UNDO: Final = (
    "Nothing of this chart has been changed, so there is nothing to undo. "
    "To go back to an earlier answer, ask its question again."
)


class History(BaseModel):
    """The drafts of a result's charts, the first one first."""

    model_config = ConfigDict(frozen=True)

    result_id: str
    drafts: tuple[ChartDraft, ...] = ()

    def with_change(self, change: ChartDraft) -> History | None:
        """Return the history with one more step; None when there is nothing to go back to."""
        drafts = self.drafts
        if change.base == "previous":
            if len(drafts) < 2:
                return None
            drafts = drafts[:-1]
        now = drafts[0] if change.base == "original" and drafts else ChartDraft()
        if change.base != "original" and drafts:
            now = drafts[-1]
        draft = merged(now, change).model_copy(update={"base": None})
        if change.base == "previous" and _is_only_undo(change):
            return self.model_copy(update={"drafts": drafts})
        # The first one is what "original" means, so it stays however many follow.
        kept = (*drafts[:1], *drafts[1:][-_MOST_STEPS:])
        return self.model_copy(update={"drafts": (*kept, draft)})

    def with_last(self, draft: ChartDraft) -> History:
        """Return the history with what holds of its last step."""
        return self.model_copy(update={"drafts": (*self.drafts[:-1], draft)})


def begin(state: State, args: MutableMapping[str, Any]) -> str | None:
    """Complete a draft by what was wished before; say so when there is nothing to undo.

    A draft that can't be read is left to the server, which says what is wrong with it.
    """
    result_id = str(args.get("result_id") or "")
    try:
        change = ChartDraft.model_validate(args.get("draft") or {})
    except ValidationError:
        return None
    history = _read(state.get(HISTORY), result_id)
    after = history.with_change(change)
    if after is None:
        return _NOTHING_TO_UNDO
    state[PENDING] = after.model_dump(mode="json", by_alias=True)
    drawn = after.drafts[-1]
    args.pop("draft", None)
    if drawn != ChartDraft():
        args["draft"] = drawn.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return None


def commit(state: State, chart: ChartSpec) -> None:
    """Keep what was drawn, and let the next question know which kind of chart it follows."""
    pending = state.get(PENDING)
    if not pending:
        return
    history = History.model_validate(pending).with_last(chart.edits or ChartDraft())
    state[HISTORY] = history.model_dump(mode="json", by_alias=True)
    state[PENDING] = None
    query = state.get(LAST_QUERY)
    if query and chart.edits is not None and chart.edits.type is not None:
        state[LAST_QUERY] = {**query, "chart": chart.edits.type}


def _is_only_undo(change: ChartDraft) -> bool:
    return change.model_copy(update={"base": None, "unmet": (), "unread": ()}) == ChartDraft()


def _read(kept: object, result_id: str) -> History:
    try:
        history = History.model_validate(kept)
    except ValidationError:
        # Nothing was drawn yet, or it was by another release.
        return History(result_id=result_id)
    return history if history.result_id == result_id else History(result_id=result_id)
