"""Who is calling: verification of access tokens, permissions, and the origin check for cookies.

Tokens are JSON Web Tokens signed with EdDSA (RFC 8037); the keys come from the JWKS of `auth`.
The edge verifies them too; a service trusts no header that the edge could have set.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import httpx
import jwt
import structlog
from fastapi import Depends, Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from valero.kit.errors import Forbidden, Unauthorized, Unavailable

ISSUER = "valero-auth"
AUDIENCE = "valero"
ALGORITHM = "EdDSA"
ACCESS_COOKIE = "valero_access"
REFRESH_COOKIE = "valero_refresh"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REQUIRED_CLAIMS = ["iss", "aud", "sub", "tenant", "exp", "iat", "sid"]

LEEWAY_SECONDS = 5
REFETCH_SECONDS = 5.0
KEY_LIFETIME_SECONDS = 300.0
REMEMBERED_TOKENS = 2048

log = structlog.get_logger(__name__)


class TokenMissing(Unauthorized):
    """Neither an Authorization header nor the cookie carries a token."""


class TokenInvalid(Unauthorized):
    """The token is malformed, expired, or not signed by us for us."""


class PermissionMissing(Forbidden):
    """The caller's roles do not contain what the route needs."""


class PasswordChangeRequired(Forbidden):
    """The caller signed in with a first password and must choose another."""

    title_de = "Kennwort ändern"
    title_en = "Change the password"


class OriginForeign(Forbidden):
    """A browser sent our cookie from a page that is not ours."""


class SigningKeysUnavailable(Unavailable):
    """The keys that verify tokens cannot be fetched."""


@dataclass(frozen=True)
class Principal:
    """The verified caller."""

    user_id: UUID
    tenant_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    session_id: str
    must_change_password: bool = False


FetchKeys = Callable[[], Awaitable[Mapping[str, Any]]]


def keys_at(url: str) -> FetchKeys:
    """A function that fetches the JWKS document at `url`."""

    async def fetch() -> Mapping[str, Any]:
        async with httpx.AsyncClient(timeout=3.0, trust_env=False) as client:
            response = await client.get(url)
            response.raise_for_status()
            document: Mapping[str, Any] = response.json()
            return document

    return fetch


class Verifier:
    """Verifies access tokens; remembers keys and, until they expire, verified tokens."""

    def __init__(self, fetch: FetchKeys) -> None:
        self._fetch = fetch
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()
        self._verified: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """The principal of `token`.

        Raises TokenInvalid, or SigningKeysUnavailable while `auth` has never been reachable.
        """
        remembered = self._verified.get(token)
        if remembered is not None and remembered[0] + LEEWAY_SECONDS > time.time():
            self._verified.move_to_end(token)
            return remembered[1]
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED_CLAIMS},
            )
            principal = _principal(claims)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as error:
            self._verified.pop(token, None)
            raise _invalid() from error
        self._remember(token, float(claims["exp"]), principal)
        return principal

    def _remember(self, token: str, expires_at: float, principal: Principal) -> None:
        self._verified[token] = (expires_at, principal)
        if len(self._verified) > REMEMBERED_TOKENS:
            self._verified.popitem(last=False)

    async def _key(self, kid: str) -> jwt.PyJWK:
        if kid not in self._keys or self._age(self._fetched_at) > KEY_LIFETIME_SECONDS:
            async with self._lock:
                await self._refetch(kid)
        if not self._keys:
            raise SigningKeysUnavailable(
                de="Die Anmeldung ist gerade nicht erreichbar.",
                en="Sign-in cannot be reached right now.",
                headers={"Retry-After": "5"},
            )
        if kid not in self._keys:
            raise _invalid()
        return self._keys[kid]

    async def _refetch(self, kid: str) -> None:
        """Fetch the keys at most every REFETCH_SECONDS, so that forged key ids cost nothing."""
        fresh = kid in self._keys and self._age(self._fetched_at) <= KEY_LIFETIME_SECONDS
        if fresh or self._age(self._tried_at) < REFETCH_SECONDS:
            return
        self._tried_at = time.monotonic()
        try:
            document = await self._fetch()
            keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM) for key in document["keys"]}
        except (httpx.HTTPError, OSError, ValueError, KeyError, jwt.PyJWTError) as error:
            log.warning("signing_keys_not_fetched", error=repr(error))
            return
        if keys.keys() != self._keys.keys():
            self._verified.clear()
        self._keys = keys
        self._fetched_at = self._tried_at

    @staticmethod
    def _age(since: float) -> float:
        return time.monotonic() - since


def _principal(claims: Mapping[str, Any]) -> Principal:
    return Principal(
        user_id=UUID(claims["sub"]),
        tenant_id=UUID(claims["tenant"]),
        name=str(claims.get("name", "")),
        email=str(claims.get("email", "")),
        roles=tuple(claims.get("roles", ())),
        permissions=frozenset(claims.get("permissions", ())),
        session_id=str(claims["sid"]),
        must_change_password=claims.get("pwd") is True,
    )


def _invalid() -> TokenInvalid:
    return TokenInvalid(
        de="Die Anmeldung ist ungültig oder abgelaufen.",
        en="The sign-in is invalid or has expired.",
        headers={"WWW-Authenticate": 'Bearer realm="valero", error="invalid_token"'},
    )


async def current_principal(connection: HTTPConnection) -> Principal:
    """The verified caller of this request.

    Raises TokenMissing, TokenInvalid, or OriginForeign for a cookie sent from a foreign page.
    """
    known = getattr(connection.state, "principal", None)
    if isinstance(known, Principal):
        return known
    token, from_cookie = _token(connection)
    if from_cookie:
        check_origin(connection)
    verifier: Verifier = connection.app.state.verifier
    principal = await verifier.verify(token)
    connection.state.principal = principal
    return principal


async def find_principal(connection: HTTPConnection) -> Principal | None:
    """The verified caller, or None when there is none: for routes that anybody may call."""
    try:
        return await current_principal(connection)
    except (Unauthorized, OriginForeign):
        return None


class AccessToken(SecurityBase):
    """`current_principal` as a dependency that OpenAPI knows to be a bearer token."""

    model = HTTPBearerModel(bearerFormat="JWT")
    scheme_name = "access_token"

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """See `current_principal`."""
        return await current_principal(connection)


CurrentPrincipal = Annotated[Principal, Depends(AccessToken())]


@dataclass(frozen=True)
class Permission:
    """A dependency that admits only callers with the permission `name`."""

    name: str

    async def __call__(self, principal: CurrentPrincipal) -> Principal:
        """The caller, if permitted. Raises PasswordChangeRequired or PermissionMissing."""
        if principal.must_change_password:
            raise PasswordChangeRequired(
                de="Bitte wählen Sie zuerst ein eigenes Kennwort.",
                en="Please choose a password of your own first.",
            )
        if self.name not in principal.permissions:
            raise PermissionMissing(
                de=f"Dafür fehlt Ihnen das Recht „{self.name}“.",
                en=f"You lack the permission '{self.name}' for this.",
            )
        return principal


def require(permission: str) -> Any:
    """For `dependencies=[require("x:read")]` or `caller: Annotated[Principal, require(...)]`.

    The OpenAPI document names the permission, so a test can try every route with every role.
    """
    return Security(Permission(permission), scopes=[permission])


def check_origin(connection: HTTPConnection) -> None:
    """Refuse an unsafe request that a foreign page sends with the user's cookies.

    Safe methods pass, except WebSocket handshakes. Raises OriginForeign.
    """
    if connection.scope["type"] == "http" and connection.scope["method"] in SAFE_METHODS:
        return
    if connection.headers.get("sec-fetch-site") == "same-origin":
        return
    if connection.headers.get("origin") in connection.app.state.settings.gateway_origins:
        return
    raise OriginForeign(
        de="Die Anfrage kommt von einer fremden Seite.",
        en="The request comes from a foreign page.",
    )


def _token(connection: HTTPConnection) -> tuple[str, bool]:
    """The token and whether it came from the cookie; the header wins."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip(), False
    cookie = connection.cookies.get(ACCESS_COOKIE)
    if cookie:
        return cookie, True
    raise TokenMissing(
        de="Bitte melden Sie sich an.",
        en="Please sign in.",
        headers={"WWW-Authenticate": 'Bearer realm="valero"'},
    )
