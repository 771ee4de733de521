"""A sample CRM as tables for the SQL that draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from gtm.demo.anomalies import Anomaly
from gtm.demo.choices import Choices
from gtm.demo.crm import Pipeline, load_names
from gtm.demo.shares import shares
from gtm.demo.workspaces import DemoWorkspace

Rows = list[dict[str, object]]
_NEVER = datetime(2200, 1, 1, tzinfo=UTC)


def crm_choices(workspace: DemoWorkspace) -> dict[str, object]:
    """Return what is one value a portal; the SQL reads it as one record."""
    crm, names = workspace.crm, load_names()
    listed = {"owners", "pipelines", "currencies"}
    return {
        **crm.model_dump(exclude=listed),
        "owners": len(crm.owners),
        "first_names": list(names.first_names),
        "last_names": list(names.last_names),
        "staff_domain": workspace.user_email.split("@")[1],
    }


def crm_tables(workspace: DemoWorkspace, choices: Choices) -> Mapping[str, Rows]:
    """Return the lists of a portal, by the name the SQL knows them under."""
    return {
        "lead_sources": list(_lead_sources(workspace)),
        "crm_owners": list(_owners(workspace, choices)),
        "crm_pipelines": [
            {
                "pipeline_no": number,
                **pipeline.model_dump(include={"id", "label", "deal_type", "win_rate"}),
                "stages": len(pipeline.stages),
            }
            for number, pipeline in enumerate(workspace.crm.pipelines, start=1)
        ],
        "crm_stages": [
            {"pipeline_no": number, "stage_no": stage_no, **stage}
            for number, pipeline in enumerate(workspace.crm.pipelines, start=1)
            for stage_no, stage in enumerate(_stages(pipeline), start=1)
        ],
        "crm_currencies": list(_currencies(workspace)),
    }


def _lead_sources(workspace: DemoWorkspace) -> Iterator[dict[str, object]]:
    sources = load_names().sources
    # The campaign of the window did not exist before it.
    weights = [
        0.0 if channel.key == workspace.spike.channel else channel.weight * channel.intent
        for channel in workspace.channels
    ]
    found = zip(workspace.channels, shares(weights), strict=True)
    for index, (channel, (start, share)) in enumerate(found):
        yield {
            "channel_id": index,
            # Never reached by a draw from [0, 1).
            "share_from": start if share > 0 else 2.0,
            "source": sources[channel.channel],
            "detail_1": channel.source if channel.campaign.startswith("(") else channel.campaign,
            "detail_2": f"{channel.source} / {channel.medium}",
            "intent": channel.intent,
        }


def _owners(workspace: DemoWorkspace, choices: Choices) -> Iterator[dict[str, object]]:
    crm = workspace.crm
    start = datetime.combine(choices.first_date, time(8), tzinfo=UTC)
    may_leave = Anomaly.ARCHIVED_OWNERS_AND_STAGES in choices.anomalies
    found = zip(crm.owners, shares([owner.weight for owner in crm.owners]), strict=True)
    for number, (owner, (share_from, _)) in enumerate(found, start=1):
        has_left = may_leave and owner.left_before_end is not None
        left = timedelta(days=choices.days - (owner.left_before_end or 0))
        yield {
            "owner_no": number,
            "share_from": share_from,
            "owner_id": str(crm.portal_start * 20 + 11 * number),
            **owner.model_dump(exclude={"weight", "left_before_end"}),
            "hired_at": start - timedelta(days=crm.history_days + 200 - 9 * number),
            "left_at": start + left if has_left else _NEVER,
            "is_archived": has_left,
        }


def _stages(pipeline: Pipeline) -> Iterator[dict[str, object]]:
    for stage in pipeline.stages:
        yield {**stage.model_dump(), "is_closed": False}
    for closed, probability in ((pipeline.won, 1.0), (pipeline.lost, 0.0)):
        yield {
            **closed.model_dump(),
            "probability": probability,
            "days": 0.0,
            "is_archived": False,
            "is_closed": True,
        }


def _currencies(workspace: DemoWorkspace) -> Iterator[dict[str, object]]:
    currencies = workspace.crm.currencies
    found = zip(currencies, shares([currency.weight for currency in currencies]), strict=True)
    for number, (currency, (share_from, _)) in enumerate(found, start=1):
        yield {
            "currency_no": number,
            "share_from": share_from,
            "code": currency.code,
            "rate": currency.rate,
        }
