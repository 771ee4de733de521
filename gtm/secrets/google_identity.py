"""The app's own identity at Google, for the calls that no client library of ours makes."""

from __future__ import annotations

from google.auth import default  # noqa: TID251 - the key ring's own way to Google
from google.auth.exceptions import GoogleAuthError  # noqa: TID251 - as above
from google.auth.transport.requests import Request  # noqa: TID251 - as above

from gtm.errors import ConfigurationError

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def access_token() -> str:
    """Return a token of Google's application default credentials. Blocking.

    Raises ConfigurationError.
    """
    try:
        credentials, _ = default(scopes=[_SCOPE])
        credentials.refresh(Request())  # type: ignore[no-untyped-call]  # the SDK's own gap
    except GoogleAuthError as error:
        raise ConfigurationError(
            "GTM_SECRET_MANAGER is set, and there are no Google credentials that work.",
            hint="Set GOOGLE_APPLICATION_CREDENTIALS, run on Google Cloud with a service account, "
            "or run `gcloud auth application-default login`.",
        ) from error
    return str(credentials.token)
