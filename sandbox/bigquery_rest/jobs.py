"""Jobs: each runs in a thread, can be waited for and cancelled, and keeps its record."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from gtm.warehouse.duckdb_read import QueryStoppedError, Switch
from sandbox.bigquery_rest.catalog import Catalog, Json
from sandbox.bigquery_rest.engine import Answer
from sandbox.bigquery_rest.errors import ApiRefusal, already_there, not_found
from sandbox.bigquery_rest.statements import Outcome

_THREADS = 8

Work = Callable[[Switch], Outcome | None]


@dataclass(slots=True, eq=False)
class Job:
    """One job; `done` is set once it has ended, however it did."""

    id: str
    identity: str
    configuration: Json
    created: int
    switch: Switch = field(default_factory=Switch)
    done: threading.Event = field(default_factory=threading.Event)
    started: int | None = None
    ended: int | None = None
    outcome: Outcome | None = None
    failure: ApiRefusal | None = None
    is_late: bool = False

    @property
    def answer(self) -> Answer:
        """What came back; nothing of a job that is no query."""
        return self.outcome.answer if self.outcome is not None else Answer([], [])


class Jobs:
    """Runs jobs and remembers them all."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bigquery-job")

    def all(self) -> tuple[Job, ...]:
        """Return every job, the oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def start(self, identity: str, body: Mapping[str, Any], work: Work) -> Job:
        """Begin a job. Refuses an id that was used before."""
        reference = body.get("jobReference") or {}
        job_id = str(reference.get("jobId") or f"job_{uuid.uuid4().hex}")
        configuration = dict(body.get("configuration") or {})
        job = Job(job_id, identity, configuration, self._catalog.tick())
        with self._lock:
            if job_id in self._jobs:
                raise already_there("Job", f"{self._catalog.project}:{job_id}")
            self._jobs[job_id] = job
        self._threads.submit(self._run, job, work)
        return job

    def get(self, identity: str, job_id: str) -> Job:
        """Return a job of an identity. Refuses those of others, as if they were not there."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.identity != identity:
            raise not_found("Job", f"{self._catalog.project}:{job_id}")
        return job

    def cancel(self, identity: str, job_id: str) -> Job:
        """Ask a job to stop; it ends soon after."""
        job = self.get(identity, job_id)
        if not job.done.is_set():
            job.switch.turn_off()
        return job

    def close(self) -> None:
        """Stop what runs, and wait for its end."""
        for job in self.all():
            if not job.done.is_set():
                job.switch.turn_off()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Work) -> None:
        job.started = self._catalog.tick()
        timer = self._timer(job)
        try:
            job.outcome = work(job.switch)
        except ApiRefusal as refusal:
            job.failure = refusal
        except QueryStoppedError:
            why = "Job timed out" if job.is_late else "User requested cancellation"
            message = f"Job execution was cancelled: {why}"
            job.failure = ApiRefusal(499, "stopped", message)
        except Exception as error:  # noqa: BLE001 - a job ends in its record, never in its thread
            job.failure = ApiRefusal(500, "internalError", f"The stand-in failed: {error}")
        finally:
            if timer is not None:
                timer.cancel()
            job.ended = self._catalog.tick()
            job.done.set()

    def _timer(self, job: Job) -> threading.Timer | None:
        limit = job.configuration.get("jobTimeoutMs")
        if limit is None:
            return None

        def run_late() -> None:
            job.is_late = True
            job.switch.turn_off()

        timer = threading.Timer(int(limit) / 1000, run_late)
        timer.daemon = True
        timer.start()
        return timer


def job_body(catalog: Catalog, job: Job) -> Json:
    """Return a job as the API writes it."""
    status: Json = {"state": "DONE" if job.done.is_set() else "RUNNING"}
    if job.done.is_set() and job.failure is not None:
        status["errorResult"] = job.failure.result()
        status["errors"] = [job.failure.result()]
    reference = {"projectId": catalog.project, "jobId": job.id, "location": "US"}
    return {
        "kind": "bigquery#job",
        "id": f"{catalog.project}:{job.id}",
        "jobReference": reference,
        "user_email": job.identity,
        "configuration": job.configuration,
        "status": status,
        "statistics": _statistics(job),
    }


def query_statistics(outcome: Outcome) -> Json:
    """Return what a query read."""
    return {
        "statementType": outcome.statement_type,
        "totalBytesProcessed": str(outcome.bytes_processed),
        "totalBytesBilled": str(outcome.bytes_processed),
        "cacheHit": False,
        "referencedTables": list(outcome.referenced),
        "schema": {"fields": outcome.answer.fields},
    }


def _statistics(job: Job) -> Json:
    times = {"creationTime": job.created, "startTime": job.started, "endTime": job.ended}
    statistics: Json = {name: str(at) for name, at in times.items() if at is not None}
    if job.done.is_set() and job.outcome is not None:
        statistics["query"] = query_statistics(job.outcome)
        statistics["totalBytesProcessed"] = str(job.outcome.bytes_processed)
    return statistics
