"""Opening the state database: the one that is configured, or an embedded cluster of our own."""

from __future__ import annotations

from pathlib import Path

import anyio.to_thread
from psycopg import OperationalError

from gtm.errors import ConfigurationError
from gtm.store.cluster import DATABASE, Cluster
from gtm.store.cluster_folder import LOGINS, OWNER
from gtm.store.database import Database, DatabaseUrls
from gtm.store.migrations import migrate, pending


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
        urls = urls_of(cluster)
        bring_up_to_date(cluster)
    except BaseException:
        cluster.stop()
        raise
    return State(urls, cluster)


def urls_of(cluster: Cluster, *, database: str = DATABASE) -> DatabaseUrls:
    """Return the addresses of a cluster's database for each login."""
    api, worker = (cluster.url(login, database=database) for login in LOGINS)
    return DatabaseUrls(api=api, worker=worker)


def bring_up_to_date(cluster: Cluster, *, database: str = DATABASE) -> None:
    """Apply what a cluster's database lacks, and let the logins in. Blocking."""
    passwords = {login: cluster.passwords[login] for login in LOGINS}
    migrate(cluster.url(OWNER, database=database), passwords=passwords)


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
