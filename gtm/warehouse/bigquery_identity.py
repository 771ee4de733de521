"""Who speaks to BigQuery: the app's own identity writes, one service account a tenant reads."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import google.auth
from google.api_core.client_options import ClientOptions
from google.auth import impersonated_credentials
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.oauth2.credentials import Credentials as TokenCredentials

from gtm.context import TenantContext
from gtm.errors import ConfigurationError
from gtm.warehouse.bigquery_project import BigQueryProject

_SCOPE = "https://www.googleapis.com/auth/bigquery"
_PLATFORM_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_KEPT_CLIENTS = 256
# Not Google's: its client looks up nothing at Google about identities of another universe.
_STAND_IN_UNIVERSE = "stand-in.localhost"


class Clients:
    """One SDK client an identity, made when it is first needed."""

    def __init__(self, place: BigQueryProject, credentials: Credentials) -> None:
        self._place = place
        self._credentials = credentials
        self._lock = Lock()
        self._writer: bigquery.Client | None = None
        self._readers: OrderedDict[str, bigquery.Client] = OrderedDict()

    def writer(self) -> bigquery.Client:
        """Return the client of the app's own identity."""
        with self._lock:
            if self._writer is None:
                self._writer = self._client(self._credentials)
            return self._writer

    def reader(self, tenant: TenantContext) -> bigquery.Client:
        """Return the client of the tenant's service account, which may read its views only."""
        account = self._place.account_of(tenant)
        with self._lock:
            client = self._readers.pop(account, None) or self._client(self._impersonated(account))
            self._readers[account] = client
            if len(self._readers) > _KEPT_CLIENTS:
                # Not closed: a query may be running on it.
                self._readers.popitem(last=False)
            return client

    def close(self) -> None:
        """Close every connection; a later call opens them again."""
        with self._lock:
            clients = [*self._readers.values(), *([self._writer] if self._writer else [])]
            self._readers.clear()
            self._writer = None
        for client in clients:
            client.close()  # type: ignore[no-untyped-call]  # the SDK's own gap

    def _impersonated(self, account: str) -> Credentials:
        endpoint = self._place.endpoint
        path = f"/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
        credentials: Credentials = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]  # the SDK's own gap
            source_credentials=self._credentials,
            target_principal=account,
            target_scopes=[_SCOPE],
            iam_endpoint_override=endpoint.rstrip("/") + path if endpoint else None,
        )
        return credentials

    def _client(self, credentials: Credentials) -> bigquery.Client:
        place = self._place
        options = (
            ClientOptions(api_endpoint=place.endpoint, universe_domain=_STAND_IN_UNIVERSE)
            if place.endpoint
            else None
        )
        return bigquery.Client(
            project=place.project,
            credentials=credentials,
            location=place.location,
            client_options=options,
        )


def find_credentials(place: BigQueryProject) -> Credentials:
    """Return the app's own credentials. Raises ConfigurationError."""
    if place.endpoint is not None:
        # The stand-in knows an identity by its name; nothing secret is sent there.
        return TokenCredentials(  # type: ignore[no-untyped-call]  # the SDK's own gap
            token=place.app_account, universe_domain=_STAND_IN_UNIVERSE
        )
    try:
        credentials, _ = google.auth.default(scopes=[_PLATFORM_SCOPE])
    except GoogleAuthError as error:
        raise ConfigurationError(
            "GTM_WAREHOUSE=bigquery finds no Google credentials.",
            hint="Set GOOGLE_APPLICATION_CREDENTIALS, run on Google Cloud with a service account, "
            "or run `gcloud auth application-default login`.",
        ) from error
    found: Credentials = credentials
    return found
