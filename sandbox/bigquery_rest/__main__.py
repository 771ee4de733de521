"""`python -m sandbox.bigquery_rest`: the stand-in for development, which forgets when it stops."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from gtm.clock import SystemClock
from gtm.settings import Settings
from gtm.warehouse.bigquery_project import BigQueryProject
from sandbox.bigquery_rest.app import BigQueryRest

_PORT = 9050


def serve(
    host: Annotated[str, typer.Option(help="Loopback address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to bind.")] = _PORT,
) -> None:
    """Serve the stand-in until it is stopped; GTM's settings name its project."""
    settings = Settings()
    place = BigQueryProject(
        project=settings.google_cloud_project,
        location=settings.bigquery_dataset_location,
        account_pattern=settings.bigquery_service_account,
    )
    rest = BigQueryRest(
        place.project,
        owner=place.app_account,
        clock=SystemClock(),
        environment=settings.gtm_env,
        host=host,
    )
    address = f"http://{host}:{port}"
    typer.echo(f"Stand-in for BigQuery: GTM_WAREHOUSE=bigquery BIGQUERY_API_ENDPOINT={address}")
    try:
        uvicorn.run(rest.app, host=host, port=port, log_level="warning")
    finally:
        rest.close()


if __name__ == "__main__":
    typer.run(serve)
