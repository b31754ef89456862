"""The listener: one set of rules on every port of the edge; pages and API share an origin."""

from valero.gateway import filters, problems, routes, tls
from valero.gateway.edge import Edge, Json, from_folder, typed

MEBIBYTE = 1024 * 1024

# No service believes these, and none shall be tempted to: who somebody is stands in the token.
SPOOFABLE = (
    "x-user-id",
    "x-user",
    "x-tenant-id",
    "x-tenant",
    "x-mandant",
    "x-role",
    "x-roles",
    "x-permissions",
    "x-authenticated-user",
    "x-remote-user",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-original-url",
    "x-rewrite-url",
    "remote-user",
)
SPOOFABLE_PREFIXES = ("x-valero-", "x-envoy-")

ACCESS_LOG_FIELDS = {
    "time": "%START_TIME%",
    "method": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    # without the query: it may hold names and other personal data
    "path": "%PATH(NQ:ORIG_OR_PATH)%",
    "status": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "reason": "%RESPONSE_CODE_DETAILS%",
    "milliseconds": "%DURATION%",
    "bytes_in": "%BYTES_RECEIVED%",
    "bytes_out": "%BYTES_SENT%",
    "service": "%UPSTREAM_CLUSTER%",
    "upstream": "%UPSTREAM_HOST%",
    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    "address": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "user": "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:sub)%",
    "tenant": "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:tenant)%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "traceparent": "%REQ(TRACEPARENT)%",
}


def listener(edge: Edge) -> Json:
    """One listener with an address per port of the edge."""
    first, *others = [_address(edge.host, port) for port in edge.ports]
    network = "envoy.filters.network.http_connection_manager"
    managers = [{"name": network, "typed_config": _connection_manager(edge)}]
    return {
        "name": "edge",
        "address": first,
        "additional_addresses": [{"address": address} for address in others],
        "per_connection_buffer_limit_bytes": MEBIBYTE,
        "listener_filters": tls.listener_filters(edge),
        "filter_chains": tls.filter_chains(edge, managers),
    }


def _address(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}


def _connection_manager(edge: Edge) -> Json:
    return typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="edge",
        server_name="valero",
        # the client's address as Envoy sees it; what the client claims in X-Forwarded-For counts
        # only behind as many proxies as the operator names
        use_remote_address=True,
        xff_num_trusted_hops=edge.trusted_proxies,
        internal_address_config={"unix_sockets": False},
        always_set_request_id_in_response=True,
        normalize_path=True,
        merge_slashes=True,
        path_with_escaped_slashes_action="UNESCAPE_AND_REDIRECT",
        request_headers_timeout="10s",
        stream_idle_timeout="300s",
        drain_timeout="2s",
        common_http_protocol_options={
            "idle_timeout": "300s",
            "max_headers_count": 100,
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        early_header_mutation_extensions=[_strip_spoofed()],
        access_log=[_access_log(edge)],
        local_reply_config=problems.local_replies(),
        rds={"route_config_name": routes.NAME, "config_source": from_folder(edge, "rds")},
        http_filters=filters.http_filters(edge),
    )


def _strip_spoofed() -> Json:
    """Before any filter and before the route is chosen.

    Removing them in a route would come after the token check and miss the public paths.
    """
    removals: list[Json] = [{"remove": name} for name in SPOOFABLE]
    removals += [
        {"remove_on_match": {"key_matcher": {"prefix": prefix}}} for prefix in SPOOFABLE_PREFIXES
    ]
    return {
        "name": "strip_spoofed_identity",
        "typed_config": typed(
            "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            mutations=removals,
        ),
    }


def _access_log(edge: Edge) -> Json:
    return {
        "name": "json",
        "typed_config": typed(
            "extensions.access_loggers.file.v3.FileAccessLog",
            path=str(edge.access_log),
            log_format={"json_format": ACCESS_LOG_FIELDS},
        ),
    }
