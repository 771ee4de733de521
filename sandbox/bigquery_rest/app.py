"""The stand-in's HTTP surface: BigQuery's REST API v2, and token exchange for impersonation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gtm.clock import Clock
from sandbox.bigquery_rest.catalog import Json, TableId, dataset_body, table_body
from sandbox.bigquery_rest.errors import ApiRefusal, unauthenticated
from sandbox.bigquery_rest.jobs import Job, job_body, query_statistics
from sandbox.bigquery_rest.project import Project
from sandbox.bigquery_rest.uploads import parse_multipart, read_json
from sandbox.bigquery_rest.values import rest_row
from sandbox.safety import StandInHeader, refuse_other_hosts, refuse_production

_LONGEST_WAIT_MS = 10_000
_PAGE_ROWS = 10_000
_BASE = "/bigquery/v2/projects/{project}"

Handler = Callable[[str, Request, bytes], Response]


class BigQueryRest:
    """The stand-in over one project; `app` is what a loopback server serves."""

    def __init__(
        self,
        project: str,
        *,
        owner: str,
        clock: Clock,
        environment: str,
        host: str,
        directory: Path | None = None,
        memory_limit_mb: int = 512,
        threads: int = 2,
    ) -> None:
        _refuse_unsafe(environment=environment, host=host)
        self.project = Project(
            project,
            owner=owner,
            directory=directory,
            clock=clock,
            memory_limit_mb=memory_limit_mb,
            threads=threads,
        )
        self.app = self._build_app()

    def close(self) -> None:
        """Stop the jobs and close the files."""
        self.project.close()

    def _build_app(self) -> Starlette:
        dataset, table = f"{_BASE}/datasets/{{dataset}}", f"{_BASE}/datasets/{{dataset}}/tables"
        upload = "/upload" + _BASE + "/jobs"
        routes = [
            self._route(f"{_BASE}/datasets", "POST", self._insert_dataset),
            self._route(dataset, "GET", self._get_dataset),
            self._route(dataset, "PATCH", self._patch_dataset),
            self._route(dataset, "DELETE", self._delete_dataset),
            self._route(table, "GET", self._list_tables),
            self._route(table, "POST", self._insert_table),
            self._route(f"{table}/{{table}}", "GET", self._get_table),
            self._route(f"{table}/{{table}}", "PATCH", self._patch_table),
            self._route(f"{table}/{{table}}", "DELETE", self._delete_table),
            self._route(f"{_BASE}/jobs", "POST", self._insert_job),
            self._route(f"{_BASE}/jobs/{{job}}", "GET", self._get_job),
            self._route(f"{_BASE}/jobs/{{job}}/cancel", "POST", self._cancel_job),
            self._route(f"{_BASE}/queries", "POST", self._query),
            self._route(f"{_BASE}/queries/{{job}}", "GET", self._query_results),
            self._route(upload, "POST", self._upload),
            self._route(upload, "PUT", self._upload_chunk),
            self._route(
                "/v1/projects/-/serviceAccounts/{account}:generateAccessToken",
                "POST",
                self._generate_token,
            ),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(StandInHeader, name="bigquery")],
            exception_handlers={ApiRefusal: _refused, HTTPException: _http_error},
        )

    def _route(self, path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            content = await request.body()
            identity = self.project.identities.of(_bearer(request))
            self._check_project(request)
            return await to_thread.run_sync(handler, identity, request, content)

        # One name a route: Starlette would take the function's own for all.
        wrapped: Callable[[Request], Awaitable[Response]] = endpoint
        return Route(path, wrapped, methods=[method], name=handler.__name__)

    def _check_project(self, request: Request) -> None:
        asked = request.path_params.get("project")
        if asked not in {None, self.project.catalog.project}:
            message = f"Access Denied: Project {asked}: User does not have bigquery access."
            raise ApiRefusal(403, "accessDenied", message)

    def _insert_dataset(self, identity: str, _request: Request, content: bytes) -> Response:
        dataset = self.project.insert_dataset(identity, read_json(content))
        return JSONResponse(dataset_body(self.project.catalog, dataset))

    def _get_dataset(self, identity: str, request: Request, _content: bytes) -> Response:
        name = request.path_params["dataset"]
        dataset = self.project.access.require(identity, name, "READER")
        return JSONResponse(dataset_body(self.project.catalog, dataset))

    def _patch_dataset(self, identity: str, request: Request, content: bytes) -> Response:
        dataset = self.project.patch_dataset(
            identity,
            request.path_params["dataset"],
            read_json(content),
            request.headers.get("if-match"),
        )
        return JSONResponse(dataset_body(self.project.catalog, dataset))

    def _delete_dataset(self, identity: str, request: Request, _content: bytes) -> Response:
        with_contents = request.query_params.get("deleteContents", "").lower() == "true"
        name = request.path_params["dataset"]
        self.project.delete_dataset(identity, name, with_contents=with_contents)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _list_tables(self, identity: str, request: Request, _content: bytes) -> Response:
        dataset = self.project.access.require(identity, request.path_params["dataset"], "READER")
        tables = sorted(dataset.tables.values(), key=lambda table: table.id.table)
        page, token = _page(request, len(tables))
        shown = [table_body(self.project.catalog, table) for table in tables[page]]
        for body in shown:
            # A list tells less than a table does.
            for left_out in ("schema", "lastModifiedTime", "view"):
                body.pop(left_out, None)
        body = {"kind": "bigquery#tableList", "tables": shown, "totalItems": len(tables)}
        return JSONResponse(body | ({"nextPageToken": token} if token else {}))

    def _insert_table(self, identity: str, request: Request, content: bytes) -> Response:
        dataset = request.path_params["dataset"]
        table = self.project.insert_table(identity, dataset, read_json(content))
        return JSONResponse(table_body(self.project.catalog, table))

    def _get_table(self, identity: str, request: Request, _content: bytes) -> Response:
        table = self.project.table(identity, _table_of(request))
        return JSONResponse(table_body(self.project.catalog, table))

    def _patch_table(self, identity: str, request: Request, content: bytes) -> Response:
        etag = request.headers.get("if-match")
        of = _table_of(request)
        table = self.project.patch_table(identity, of, read_json(content), etag)
        return JSONResponse(table_body(self.project.catalog, table))

    def _delete_table(self, identity: str, request: Request, _content: bytes) -> Response:
        self.project.delete_table(identity, _table_of(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _insert_job(self, identity: str, _request: Request, content: bytes) -> Response:
        body = read_json(content)
        configuration = body.get("configuration") or {}
        if configuration.get("dryRun"):
            outcome = self.project.plan(identity, configuration.get("query") or {})
            statistics = query_statistics(outcome)
            return JSONResponse(
                {
                    "kind": "bigquery#job",
                    "jobReference": {"projectId": self.project.catalog.project, "location": "US"},
                    "configuration": configuration,
                    "status": {"state": "DONE"},
                    "statistics": {
                        "query": statistics,
                        "totalBytesProcessed": statistics["totalBytesProcessed"],
                    },
                }
            )
        return self._job(self.project.insert_job(identity, body))

    def _get_job(self, identity: str, request: Request, _content: bytes) -> Response:
        return self._job(self.project.jobs.get(identity, request.path_params["job"]))

    def _cancel_job(self, identity: str, request: Request, _content: bytes) -> Response:
        job = self.project.jobs.cancel(identity, request.path_params["job"])
        body = {"kind": "bigquery#jobCancelResponse", "job": job_body(self.project.catalog, job)}
        return JSONResponse(body)

    def _query(self, identity: str, request: Request, content: bytes) -> Response:
        query = read_json(content)
        if query.get("dryRun"):
            outcome = self.project.plan(identity, query)
            body = {"jobComplete": True, "schema": {"fields": outcome.answer.fields}}
            return JSONResponse(body | {"totalBytesProcessed": str(outcome.bytes_processed)})
        moved = ("labels", "jobTimeoutMs")
        configuration: Json = {name: query[name] for name in moved if name in query}
        configuration["query"] = query
        job = self.project.insert_job(identity, {"configuration": configuration})
        options = query.get("formatOptions") or {}
        return self._results(
            request,
            job,
            wait_ms=int(query.get("timeoutMs", _LONGEST_WAIT_MS)),
            is_int64_time=bool(options.get("useInt64Timestamp")),
        )

    def _query_results(self, identity: str, request: Request, _content: bytes) -> Response:
        job = self.project.jobs.get(identity, request.path_params["job"])
        wait_ms = int(request.query_params.get("timeoutMs", _LONGEST_WAIT_MS))
        asked = request.query_params.get("formatOptions.useInt64Timestamp", "")
        return self._results(request, job, wait_ms=wait_ms, is_int64_time=asked.lower() == "true")

    def _results(
        self, request: Request, job: Job, *, wait_ms: int, is_int64_time: bool
    ) -> Response:
        project = self.project.catalog.project
        body: Json = {
            "kind": "bigquery#queryResponse",
            "jobReference": {"projectId": project, "jobId": job.id, "location": "US"},
            "jobComplete": job.done.wait(min(wait_ms, _LONGEST_WAIT_MS) / 1000),
        }
        if not body["jobComplete"]:
            return JSONResponse(body)
        if job.failure is not None:
            raise _shown(job.failure)
        answer = job.answer
        page, token = _page(request, len(answer.rows))
        body["schema"] = {"fields": answer.fields}
        body["totalBytesProcessed"] = str(job.outcome.bytes_processed if job.outcome else 0)
        if answer.fields:
            body["totalRows"] = str(len(answer.rows))
            rows = [
                rest_row(row, answer.fields, is_int64_time=is_int64_time)
                for row in answer.rows[page]
            ]
            # Without rows there is no such field, as when none are asked for to begin with.
            body |= {"rows": rows} if rows else {}
        return JSONResponse(body | ({"pageToken": token} if token else {}))

    def _upload(self, identity: str, request: Request, content: bytes) -> Response:
        kind = request.query_params.get("uploadType")
        if kind == "multipart":
            metadata, file = parse_multipart(content, request.headers.get("content-type", ""))
            return self._job(self.project.insert_load(identity, metadata, file))
        if kind != "resumable":
            raise ApiRefusal(400, "invalid", "uploadType must be multipart or resumable")
        upload_id = self.project.uploads.begin(identity, read_json(content))
        location = request.url.include_query_params(upload_id=upload_id)
        return Response(headers={"location": str(location)})

    def _upload_chunk(self, identity: str, request: Request, content: bytes) -> Response:
        upload, is_whole = self.project.uploads.add(
            request.query_params.get("upload_id", ""),
            content,
            request.headers.get("content-range", ""),
        )
        if upload.identity != identity:
            raise unauthenticated()
        if is_whole:
            file = bytes(upload.received)
            return self._job(self.project.insert_load(identity, upload.body, file))
        last = len(upload.received) - 1
        headers = {"range": f"bytes=0-{last}"} if last >= 0 else {}
        return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers=headers)

    def _generate_token(self, identity: str, request: Request, _content: bytes) -> Response:
        token = self.project.identities.impersonate(identity, request.path_params["account"])
        body = {"accessToken": token.text, "expireTime": _zulu(token.expires_at)}
        return JSONResponse(body, headers={"cache-control": "no-store"})

    def _job(self, job: Job) -> Response:
        return JSONResponse(job_body(self.project.catalog, job))


def _refuse_unsafe(*, environment: str, host: str) -> None:
    """Raise ConfigurationError where a warehouse without secrets would be a hole."""
    refuse_production(
        environment,
        message="The BigQuery stand-in does not run with GTM_ENV=production.",
        hint="Unset BIGQUERY_API_ENDPOINT to reach BigQuery itself.",
    )
    refuse_other_hosts(host, name="The BigQuery stand-in", hint="Bind it to 127.0.0.1.")


def _page(request: Request, count: int) -> tuple[slice, str | None]:
    """Return the part of a list that is asked for, and the token of the next one."""
    parameters: Mapping[str, Any] = request.query_params
    first = int(parameters.get("pageToken") or parameters.get("startIndex") or 0)
    size = min(int(parameters.get("maxResults") or _PAGE_ROWS), _PAGE_ROWS)
    end = first + size
    return slice(first, end), str(end) if size and end < count else None


def _table_of(request: Request) -> TableId:
    return TableId(request.path_params["dataset"], request.path_params["table"])


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated()
    return token.strip()


def _shown(failure: ApiRefusal) -> ApiRefusal:
    """A stopped job has no status of its own on the wire."""
    status = failure.status_code if failure.status_code != 499 else HTTPStatus.BAD_REQUEST
    return ApiRefusal(status, failure.reason, failure.message)


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiRefusal):
        raise error
    return JSONResponse(error.body(), status_code=error.status_code)


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    refusal = ApiRefusal(status, "notFound", HTTPStatus(status).phrase)
    return JSONResponse(refusal.body(), status_code=status)
