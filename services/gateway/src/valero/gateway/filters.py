"""Envoy's HTTP filters in their order: address limit, token, user limit, compression, body limit.

The address limit stands before the token check, so that guessing tokens is limited as well; the
user limit stands after it, because only a verified token says who somebody is.
"""

from valero.gateway.clusters import KEYS
from valero.gateway.edge import Edge, Json, Limits, typed

ADDRESS_LIMIT = "valero.address_limit"
USER_LIMIT = "valero.user_limit"
BUFFER = "valero.body_limit"
BROTLI = "valero.brotli"
GZIP = "valero.gzip"
JWT = "envoy.filters.http.jwt_authn"

FILTER = "extensions.filters.http."
LIMIT_TYPE = f"{FILTER}local_ratelimit.v3.LocalRateLimit"

JWKS_PATH = "/api/auth/jwks.json"
LOGIN_PATH = "/api/auth/login"
GRAPHQL_PATH = "/graphql"
PUBLIC_API_PATHS = (
    LOGIN_PATH,
    "/api/auth/login/code",
    "/api/auth/refresh",
    "/api/auth/logout",
    JWKS_PATH,
)

# whether a service is well, and nothing more; the details stay behind the service's own door
HEALTH_PATHS = "/api/[a-z0-9_]+/health"

# Buckets that are not named by a descriptor; high enough never to matter.
UNLIMITED = 1_000_000
BUCKETS = 20_000

COMPRESSED = (
    "application/json",
    "application/problem+json",
    "application/javascript",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
)


def http_filters(edge: Edge) -> list[Json]:
    """The chain that every request passes, ending in the router."""
    limits = edge.limits
    return [
        {"name": "valero.health", "typed_config": _health()},
        {"name": ADDRESS_LIMIT, "typed_config": _address_limit(limits)},
        {"name": JWT, "typed_config": _token_check()},
        {"name": USER_LIMIT, "typed_config": _user_limit(limits)},
        {"name": BROTLI, "typed_config": _brotli()},
        {"name": GZIP, "typed_config": _gzip()},
        {
            "name": BUFFER,
            "typed_config": typed(f"{FILTER}buffer.v3.Buffer", max_request_bytes=limits.body_bytes),
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": typed(f"{FILTER}router.v3.Router", suppress_envoy_headers=True),
        },
    ]


def login_limit(limits: Limits) -> Json:
    """For the sign-in route: its own, much smaller bucket per address."""
    return _limit(
        "login_limit",
        key="remote_address",
        action={"remote_address": {}},
        requests=limits.login_requests,
        seconds=limits.login_window_seconds,
    )


def body_limit(max_bytes: int) -> Json:
    """For one route: another ceiling for the request body."""
    return typed(f"{FILTER}buffer.v3.BufferPerRoute", buffer={"max_request_bytes": max_bytes})


def unbuffered() -> Json:
    """For a live stream: neither buffer nor compression."""
    off = typed(f"{FILTER}compressor.v3.CompressorPerRoute", disabled=True)
    buffer = typed(f"{FILTER}buffer.v3.BufferPerRoute", disabled=True)
    return {BROTLI: off, GZIP: off, BUFFER: buffer}


def _health() -> Json:
    """`/health` answers 503 while Envoy drains, so that balancers before it look elsewhere."""
    path = {"name": ":path", "string_match": {"exact": "/health"}}
    return typed(f"{FILTER}health_check.v3.HealthCheck", pass_through_mode=True, headers=[path])


def _token_check() -> Json:
    """/graphql and all below /api/ need auth's token, except what gives one or shows health."""
    rules: list[Json] = [{"match": {"path": path}} for path in PUBLIC_API_PATHS]
    rules.append({"match": {"safe_regex": {"regex": HEALTH_PATHS}}})
    protected: list[Json] = [{"prefix": "/api/"}, {"path": GRAPHQL_PATH}]
    rules += [{"match": match, "requires": {"provider_name": "valero"}} for match in protected]
    provider = {
        "issuer": "valero-auth",
        "audiences": ["valero"],
        "require_expiration": True,
        "clock_skew_seconds": 5,
        "forward": True,  # the service verifies it again
        "payload_in_metadata": "payload",
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "from_cookies": ["valero_access"],
        "jwt_cache_config": {"jwt_cache_size": 2000, "jwt_max_token_size": 4096},
        "remote_jwks": {
            "http_uri": {"uri": f"http://{KEYS}{JWKS_PATH}", "cluster": KEYS, "timeout": "2s"},
            "cache_duration": "30s",
            "async_fetch": {"fast_listener": True, "failed_refetch_duration": "0.5s"},
            "retry_policy": {"num_retries": 2},
        },
    }
    return typed(
        f"{FILTER}jwt_authn.v3.JwtAuthentication", providers={"valero": provider}, rules=rules
    )


def _address_limit(limits: Limits) -> Json:
    return _limit(
        "address_limit",
        key="remote_address",
        action={"remote_address": {}},
        requests=limits.address_requests,
        seconds=limits.window_seconds,
    )


def _user_limit(limits: Limits) -> Json:
    subject = {
        "descriptor_key": "user",
        "source": "DYNAMIC",
        "skip_if_absent": True,
        "metadata_key": {"key": JWT, "path": [{"key": "payload"}, {"key": "sub"}]},
    }
    answer = _limit(
        "user_limit",
        key="user",
        action={"metadata": subject},
        requests=limits.user_requests,
        seconds=limits.window_seconds,
    )
    return {**answer, "enable_x_ratelimit_headers": "DRAFT_VERSION_03"}


def _limit(prefix: str, *, key: str, action: Json, requests: int, seconds: int) -> Json:
    """One bucket per seen value of `key`; the least recently used are forgotten."""
    bucket = {"max_tokens": requests, "tokens_per_fill": requests, "fill_interval": f"{seconds}s"}
    rest = {"max_tokens": UNLIMITED, "tokens_per_fill": UNLIMITED, "fill_interval": "1s"}
    always = {"default_value": {"numerator": 100}}
    retry_after = {"key": "retry-after", "value": str(seconds)}
    return typed(
        LIMIT_TYPE,
        stat_prefix=prefix,
        always_consume_default_token_bucket=False,
        max_dynamic_descriptors=BUCKETS,
        filter_enabled=always,
        filter_enforced=always,
        token_bucket=rest,
        descriptors=[{"entries": [{"key": key}], "token_bucket": bucket}],
        rate_limits=[{"actions": [action]}],
        response_headers_to_add=[
            {"append_action": "OVERWRITE_IF_EXISTS_OR_ADD", "header": retry_after}
        ],
    )


def _brotli() -> Json:
    return typed(
        f"{FILTER}compressor.v3.Compressor",
        choose_first=True,
        response_direction_config=_direction(),
        compressor_library={
            "name": "brotli",
            "typed_config": typed("extensions.compression.brotli.compressor.v3.Brotli", quality=4),
        },
    )


def _gzip() -> Json:
    """The last compressor removes Accept-Encoding; were it the first, gzip would never see one."""
    return typed(
        f"{FILTER}compressor.v3.Compressor",
        response_direction_config={**_direction(), "remove_accept_encoding_header": True},
        compressor_library={
            "name": "gzip",
            "typed_config": typed(
                "extensions.compression.gzip.compressor.v3.Gzip",
                compression_level="COMPRESSION_LEVEL_5",
            ),
        },
    )


def _direction() -> Json:
    matchers = [{"prefix": prefix} for prefix in COMPRESSED]
    return {
        "weaken_etag_on_compress": True,
        "common_config": {"min_content_length": 1024, "content_type_matcher": matchers},
    }
