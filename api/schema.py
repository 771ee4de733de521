"""What questions can be about, in the words of the API; the same in every workspace."""

from __future__ import annotations

from api.shapes.analytics import ColumnReply, DimensionReply, MetricReply, SchemaReply, ViewReply
from gtm.bootstrap import Services


def schema_of(services: Services) -> SchemaReply:
    """Return the views, metrics and dimensions of the catalogue."""
    return SchemaReply(
        views=_views(services), metrics=_metrics(services), dimensions=_dimensions(services)
    )


def _views(services: Services) -> list[ViewReply]:
    return [
        ViewReply(
            name=view.name,
            description=view.description,
            grain=view.grain,
            source=view.source,
            time_column=view.time_column,
            columns=[
                ColumnReply(name=column.name, type=column.type, description=column.description)
                for column in view.columns
            ],
        )
        for view in services.analytics.list_views()
    ]


def _metrics(services: Services) -> list[MetricReply]:
    catalog = services.catalog
    return [
        MetricReply(
            name=metric.name,
            label=metric.label,
            definition=metric.definition,
            format=metric.format,
            synonyms=list(metric.synonyms),
            dimensions=list(catalog.dimensions_of(metric.name)),
        )
        for metric in catalog.metrics.values()
    ]


def _dimensions(services: Services) -> list[DimensionReply]:
    return [
        DimensionReply(name=item.name, label=item.label, definition=item.definition)
        for item in services.catalog.dimensions.values()
    ]
