"""HubSpot's API: records, owners, pipelines and associations in the shapes it answers in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from gtm.connectors.hubspot.layout import (
    BadValueError,
    LandedRow,
    Layout,
    ObjectType,
    Row,
    history,
    link,
    moment,
    record,
)
from gtm.models.landing.hubspot import ASSOCIATIONS, OWNERS, PIPELINES, STAGES

# The types of links to a record's primary company; without a suffix the older API means those.
_PRIMARY_TYPE_IDS = frozenset({1, 5})
_PRIMARY_TYPES = frozenset({"contact_to_company", "deal_to_company"})


def _moment(value: object) -> datetime | None:
    return moment(value, "")


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Text = Annotated[str | None, BeforeValidator(_text)]


class _Shape(BaseModel):
    """What the API sends; numbers come as such or as text, and more fields may come."""

    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")


class _InlineLink(_Shape):
    id: str
    type: str = ""


class _InlineLinks(_Shape):
    results: list[_InlineLink] = []
    paging: dict[str, Any] | None = None


class _Version(_Shape):
    value: Text = None
    timestamp: Moment
    source: Text = Field(None, validation_alias=AliasChoices("sourceType", "source"))


class _Record(_Shape):
    id: str | None = None
    properties: dict[str, Text]
    properties_with_history: dict[str, list[_Version]] = Field(
        {}, validation_alias="propertiesWithHistory"
    )
    associations: dict[str, _InlineLinks] = {}
    created_at: Moment = Field(None, validation_alias="createdAt")
    updated_at: Moment = Field(None, validation_alias="updatedAt")
    archived: bool = False
    archived_at: Moment = Field(None, validation_alias="archivedAt")


class _Team(_Shape):
    id: str
    name: Text = None


class _Owner(_Shape):
    id: str
    user_id: Text = Field(None, validation_alias=AliasChoices("userId", "userIdIncludingInactive"))
    email: Text = None
    first_name: Text = Field(None, validation_alias="firstName")
    last_name: Text = Field(None, validation_alias="lastName")
    teams: list[_Team] = []
    archived: bool = False
    created_at: Moment = Field(None, validation_alias="createdAt")
    updated_at: Moment = Field(None, validation_alias="updatedAt")


class _StageMetadata(_Shape):
    is_closed: bool | None = Field(None, validation_alias="isClosed")
    probability: float | None = None
    ticket_state: str | None = Field(None, validation_alias="ticketState")


class _Stage(_Shape):
    id: str
    label: str
    display_order: int | None = Field(None, validation_alias="displayOrder")
    metadata: _StageMetadata = _StageMetadata()
    archived: bool = False


class _Pipeline(_Shape):
    id: str
    label: str
    display_order: int | None = Field(None, validation_alias="displayOrder")
    archived: bool = False
    stages: list[_Stage]


class _LinkType(_Shape):
    type_id: int | None = Field(None, validation_alias="typeId")
    label: Text = None


class _Target(_Shape):
    id: str = Field(validation_alias=AliasChoices("toObjectId", "id"))
    types: list[_LinkType] = Field([], validation_alias="associationTypes")


class _Origin(_Shape):
    id: str


class _Links(_Shape):
    origin: _Origin = Field(validation_alias="from")
    to: list[_Target]


S = TypeVar("S", bound=_Shape)


def records(of: ObjectType) -> Layout:
    """Return the layout of CRM records, with their links and histories where they bring them."""

    def read(row: Row) -> Sequence[LandedRow]:
        found = _checked(_Record, row)
        own = record(
            of,
            found.properties,
            id_=found.id,
            created_at=found.created_at,
            updated_at=found.updated_at,
            archived=found.archived,
            archived_at=found.archived_at,
        )
        id_ = str(own.values["id"])
        return [own, *_inline_links(of, id_, found), *_histories(of, id_, found)]

    return Layout(f"HubSpot {of.name}", of.table, read)


def _inline_links(of: ObjectType, id_: str, found: _Record) -> Iterator[LandedRow]:
    for name, links in found.associations.items():
        to_type = name.lower().replace(" ", "_")
        if links.paging:
            raise BadValueError(
                f"associations.{name}",
                "has more pages; load them as associations and leave them out here",
            )
        types: dict[str, set[str]] = {}
        for target in links.results:
            types.setdefault(target.id, set()).add(target.type)
        if not types:
            yield link(of.name, id_, to_type, None)
        for target_id, kinds in types.items():
            label = min((kind for kind in kinds if kind), default=None)
            primary = bool(kinds & _PRIMARY_TYPES)
            yield link(of.name, id_, to_type, target_id, label=label, is_primary=primary)


def _histories(of: ObjectType, id_: str, found: _Record) -> Iterator[LandedRow]:
    for name, versions in found.properties_with_history.items():
        for version in versions:
            yield history(
                of.name, id_, name, version.value, at=version.timestamp, source=version.source
            )


def owners() -> Layout:
    """Return the layout of owners."""

    def read(row: Row) -> Sequence[LandedRow]:
        return [LandedRow(OWNERS, _checked(_Owner, row).model_dump())]

    return Layout("HubSpot owners", OWNERS, read)


def pipelines(object_type: str | None) -> Layout:
    """Return the layout of pipelines with their stages; their kind is told by the stages."""

    def read(row: Row) -> Sequence[LandedRow]:
        found = _checked(_Pipeline, row)
        is_ticket = any(stage.metadata.ticket_state for stage in found.stages)
        of = object_type or ("tickets" if is_ticket else "deals")
        own = {"object_type": of, **found.model_dump(exclude={"stages"})}
        return [LandedRow(PIPELINES, own), *(_stage(of, found.id, one) for one in found.stages)]

    return Layout("HubSpot pipelines", PIPELINES, read)


def _stage(of: str, pipeline_id: str, stage: _Stage) -> LandedRow:
    values = {
        "object_type": of,
        "pipeline_id": pipeline_id,
        **stage.model_dump(exclude={"metadata"}),
        "is_closed": stage.metadata.is_closed,
        "probability": stage.metadata.probability,
    }
    return LandedRow(STAGES, values)


def associations(from_type: str, to_type: str) -> Layout:
    """Return the layout of a batch read of associations; it does not say between what."""

    def read(row: Row) -> Sequence[LandedRow]:
        found = _checked(_Links, row)
        id_ = found.origin.id
        if not found.to:
            return [link(from_type, id_, to_type, None)]
        return [
            link(
                from_type,
                id_,
                to_type,
                target.id,
                label=min((of.label for of in target.types if of.label), default=None),
                is_primary=any(
                    of.type_id in _PRIMARY_TYPE_IDS or of.label == "Primary" for of in target.types
                ),
            )
            for target in found.to
        ]

    return Layout(f"HubSpot associations of {from_type} to {to_type}", ASSOCIATIONS, read)


def _checked(shape: type[S], row: Row) -> S:
    try:
        return shape.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadValueError(_path(first["loc"]), _reason(first)) from None


def _path(location: tuple[int | str, ...]) -> str:
    return "".join(
        f"[{part}]" if isinstance(part, int) else ("." if at else "") + part
        for at, part in enumerate(location)
    )


_REASONS: Mapping[str, Callable[[str], str]] = {
    "missing": lambda _: "is missing",
    "value_error": lambda shown: f"{shown} is not a time",
    "string_type": lambda shown: f"{shown} is not text",
    "dict_type": lambda shown: f"{shown} is not a record",
    "list_type": lambda shown: f"{shown} is not a list",
}


def _reason(error: Mapping[str, Any]) -> str:
    shown = repr(error["input"])[:40]
    reason = _REASONS.get(error["type"])
    return reason(shown) if reason else f"{shown}: {error['msg']}"
