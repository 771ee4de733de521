"""Opening the state database: the one that is configured, or an embedded cluster of our own."""

from __future__ import annotations

from pathlib import Path

import anyio.to_thread
from psycopg import OperationalError
from psycopg.conninfo import conninfo_to_dict

from gtm.errors import ConfigurationError
from gtm.store.cluster import Cluster
from gtm.store.database import Database, DatabaseUrls
from gtm.store.migrations import migrate, pending

_OWNER, _LOGINS = "postgres", ("app_api", "app_worker")


class State:
    """A database whose schema is that of this code; `cluster` is there when it is embedded."""

    def __init__(self, urls: DatabaseUrls, cluster: Cluster | None) -> None:
        self.database = Database(urls)
        self.worker_url = urls.worker
        self.cluster = cluster

    async def close(self) -> None:
        """Close the connections, and stop what was started. Safe to repeat."""
        await self.database.close()
        if self.cluster is not None:
            await anyio.to_thread.run_sync(self.cluster.stop)


def open_embedded(directory: Path) -> State:
    """Start the cluster of a data folder and bring its schema up to date. Blocking."""
    cluster = Cluster.start(directory)
    try:
        urls = {login: cluster.url(login) for login in _LOGINS}
        passwords = {login: str(conninfo_to_dict(url)["password"]) for login, url in urls.items()}
        migrate(cluster.url(_OWNER), passwords=passwords)
    except BaseException:
        cluster.stop()
        raise
    return State(DatabaseUrls(api=urls["app_api"], worker=urls["app_worker"]), cluster)


def open_hosted(urls: DatabaseUrls) -> State:
    """Check that a hosted database has this code's schema. Blocking; raises ConfigurationError."""
    try:
        missing = pending(urls.worker)
    except OperationalError as error:
        raise ConfigurationError(
            "The database of DATABASE_WORKER_URL does not answer or refuses the login.",
            hint="Check DATABASE_URL and DATABASE_WORKER_URL, and that the database runs.",
        ) from error
    if missing:
        raise ConfigurationError(
            f"The database lacks {len(missing)} migrations, the first {missing[0]!r}.",
            hint="Run: gtm migrate",
        )
    return State(urls, cluster=None)
