"""Which path goes to which service, and under which conditions (RDS).

For every service of the catalogue there is a route, whether it runs or not: a service that is away
answers 503 with an explanation, an address that nobody owns answers 404.
"""

from collections.abc import Iterable

from valero.gateway.edge import CONTROL, Json, Limits, typed
from valero.gateway.filters import (
    ADDRESS_LIMIT,
    BUFFER,
    GRAPHQL_PATH,
    LOGIN_PATH,
    body_limit,
    login_limit,
    unbuffered,
)

NAME = "edge"
DOCUMENTS_PATH = "/api/beleg/documents"
SHELL_PREFIX = "/shell/"

READ = "GET|HEAD"
STREAM_IDLE_SECONDS = 3600


def configuration(services: Iterable[str], limits: Limits) -> Json:
    """The route table for the services of these names."""
    routes = [_health(), _login(limits)]
    for name in services:
        routes += _service(name, limits)
    routes += _graphql()
    routes += [
        _private(_to(CONTROL, {"path": "/api/openapi.json"}, method=READ, retry=_read_retry())),
        _private(_to(CONTROL, {"path": "/api/docs"}, method=READ, retry=_read_retry())),
        _private(_to(CONTROL, {"prefix": "/api/docs/"}, method=READ, retry=_read_retry())),
        _to(CONTROL, {"path": "/ui/registry.json"}, method=READ, retry=_read_retry()),
        _to(CONTROL, {"prefix": "/vendor/"}, method=READ, retry=_read_retry()),
        _to(CONTROL, {"prefix": "/assets/"}, method=READ, retry=_read_retry()),
        _nothing("/api/"),
        _nothing("/ui/"),
        _shell(),
        _nothing("/"),
    ]
    return typed(
        "config.route.v3.RouteConfiguration",
        name=NAME,
        virtual_hosts=[{"name": "all", "domains": ["*"], "routes": routes}],
        response_headers_to_add=[_header("x-content-type-options", "nosniff")],
    )


def _service(name: str, limits: Limits) -> list[Json]:
    """The first match wins: description, live streams, large bodies, reads, the rest, pages."""
    prefix = f"/api/{name}/"
    routes = [
        _private(
            _to(name, {"path": f"{prefix}openapi.json"}, method=READ, rewrite="/openapi.json")
        ),
        _private(_stream(name, prefix)),
    ]
    if DOCUMENTS_PATH.startswith(prefix):
        routes.append(_private(_documents(name, limits)))
    routes += [
        _private(_to(name, {"prefix": prefix}, method=READ, retry=_read_retry())),
        _private(_to(name, {"prefix": prefix}, retry=_write_retry())),
        _to(name, {"prefix": f"/ui/{name}/"}, method=READ, retry=_read_retry()),
    ]
    return routes


def _to(
    cluster: str,
    match: Json,
    *,
    method: str | None = None,
    rewrite: str | None = None,
    retry: Json | None = None,
    timeout: str = "60s",
) -> Json:
    if method is not None:
        condition = {"name": ":method", "string_match": {"safe_regex": {"regex": method}}}
        match = {**match, "headers": [condition]}
    action: Json = {"cluster": cluster, "timeout": timeout}
    if rewrite is not None:
        action["prefix_rewrite"] = rewrite
    if retry is not None:
        action["retry_policy"] = retry
    return {"match": match, "route": action}


def _health() -> Json:
    """Whether Envoy answers; the health of the services is the Observer's to tell."""
    return {
        "match": {"path": "/health"},
        "direct_response": {"status": 200, "body": {"inline_string": '{"status":"pass"}'}},
        "response_headers_to_add": [
            _header("content-type", "application/health+json"),
            _header("cache-control", "no-store"),
        ],
    }


def _login(limits: Limits) -> Json:
    route = _to("auth", {"path": LOGIN_PATH}, retry=_write_retry(), timeout="15s")
    return _private({**route, "typed_per_filter_config": {ADDRESS_LIMIT: login_limit(limits)}})


def _documents(name: str, limits: Limits) -> Json:
    route = _to(name, {"path": DOCUMENTS_PATH}, method="POST", retry=_write_retry(), timeout="120s")
    return {**route, "typed_per_filter_config": {BUFFER: body_limit(limits.document_bytes)}}


def _stream(name: str, prefix: str) -> Json:
    """Server-sent events: a path that ends in `/stream`."""
    match = {"safe_regex": {"regex": f"{prefix}(.+/)?stream"}}
    route = _to(name, match, method="GET", retry=_write_retry(), timeout="0s")
    route["route"]["idle_timeout"] = f"{STREAM_IDLE_SECONDS}s"
    return {**route, "typed_per_filter_config": unbuffered()}


def _graphql() -> list[Json]:
    """Reads composed over services; with `Accept: text/event-stream` a live stream."""
    accepts = {"name": "accept", "string_match": {"contains": "text/event-stream"}}
    live = _to(CONTROL, {"path": GRAPHQL_PATH, "headers": [accepts]}, timeout="0s")
    live["route"]["idle_timeout"] = f"{STREAM_IDLE_SECONDS}s"
    return [
        _private({**live, "typed_per_filter_config": unbuffered()}),
        _private(_to(CONTROL, {"path": GRAPHQL_PATH}, retry=_write_retry())),
    ]


def _shell() -> Json:
    """Everything else is a file or a page of the shell.

    The rewrite leaves nothing of the control service within reach but its folder of shell files:
    not its metrics, not its own health.
    """
    return _to(CONTROL, {"prefix": "/"}, method=READ, rewrite=SHELL_PREFIX, retry=_read_retry())


def _nothing(prefix: str) -> Json:
    return {"match": {"prefix": prefix}, "direct_response": {"status": 404}}


def _read_retry() -> Json:
    """A read may be repeated on another instance whatever went wrong."""
    return {
        **_write_retry(),
        "retry_on": "reset,connect-failure,refused-stream,retriable-status-codes",
        "retriable_status_codes": [503],
    }


def _write_retry() -> Json:
    """A write is repeated only when it cannot have reached a service."""
    previous = typed("extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate")
    return {
        "retry_on": "connect-failure,refused-stream,reset-before-request",
        "num_retries": 2,
        "retry_back_off": {"base_interval": "0.05s", "max_interval": "0.5s"},
        "host_selection_retry_max_attempts": "3",
        "retry_host_predicate": [
            {"name": "envoy.retry_host_predicates.previous_hosts", "typed_config": previous}
        ],
    }


def _private(route: Json) -> Json:
    """Business data: never rendered as a page, never kept without asking again."""
    return {
        **route,
        "response_headers_to_add": [
            _header("cache-control", "private, no-cache"),
            _header("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ],
    }


def _header(key: str, value: str) -> Json:
    return {"header": {"key": key, "value": value}, "append_action": "ADD_IF_ABSENT"}
