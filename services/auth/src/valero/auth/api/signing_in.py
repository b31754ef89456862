"""Signing in and out, one's own account, and the public keys."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from valero.auth import cookies, first_start, keys, sessions, sign_in, users
from valero.auth.sessions import Client
from valero.auth.sign_in import Answer, Credentials, SignedIn, Tools
from valero.auth.tokens import LIFETIME_SECONDS
from valero.auth.users import Identity
from valero.kit import auth, clock
from valero.kit.auth import REFRESH_COOKIE, CurrentPrincipal
from valero.kit.database import Session

router = APIRouter(prefix="/api/auth", tags=["signing in"])

# longer than any real one; a limit only so that nobody makes us normalise megabytes
LONGEST_INPUT = 1024
KEYS_KEPT_SECONDS = 30
EDGE_ADDRESS = "x-envoy-external-address"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_INPUT)]


class LoginIn(BaseModel):
    """The first step: address and password."""

    email: Text
    password: Text = Field(repr=False)


class CodeIn(BaseModel):
    """The second step, for whoever has set up a second factor."""

    challenge: Text = Field(repr=False, description="from WWW-Authenticate of the first step")
    code: Text = Field(repr=False, description="six digits of the app, or a recovery code")


class RefreshIn(BaseModel):
    """For clients without cookies."""

    refresh_token: Text | None = Field(default=None, repr=False)


class PasswordIn(BaseModel):
    """The present password and the one to replace it."""

    current: Text = Field(repr=False)
    new: Text = Field(repr=False)


class TenantOut(BaseModel):
    """The company that the user works for."""

    id: UUID
    name: str


class UserOut(BaseModel):
    """The user as the interface needs to know them."""

    id: UUID
    name: str
    email: str
    roles: list[str]
    permissions: list[str] = Field(description="empty until the first password is replaced")
    tenant: TenantOut
    must_change_password: bool


class TokenOut(BaseModel):
    """An access token and whose it is; the same token is set as a cookie."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - not a secret
    expires_in: int = Field(LIFETIME_SECONDS, description="seconds")
    refresh_token: str | None = Field(
        None, description="only for clients that sent theirs in the body; browsers have a cookie"
    )
    user: UserOut


LOGIN_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {
        "description": "`CredentialsWrong` or `SecondFactorRequired`",
        "headers": {
            "WWW-Authenticate": {
                "description": "with `SecondFactorRequired`: "
                '`SecondFactor challenge="...", expires_in=300, methods="totp recovery"`',
                "schema": {"type": "string"},
            }
        },
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
}


def tools(request: Request) -> Tools:
    """What the service made at its start."""
    made: Tools = request.app.state.tools
    return made


CurrentTools = Annotated[Tools, Depends(tools)]


@router.post("/login", responses=LOGIN_RESPONSES)
async def login(body: LoginIn, request: Request, response: Response, use: CurrentTools) -> TokenOut:
    """Sign in. 401 tells neither whether the user exists nor what was wrong; 429 asks to wait.

    With a second factor the right password is answered with 401 `SecondFactorRequired`; its header
    WWW-Authenticate has a challenge for five minutes, to be sent with a code to `login/code`.
    """
    if "origin" in request.headers:
        auth.check_origin(request)
    device = request.cookies.get(cookies.DEVICE_COOKIE)
    credentials = Credentials(email=body.email, password=body.password, device=device)
    signed_in = await sign_in.sign_in(use, credentials, _client(request))
    cookies.write(request, response, signed_in)
    return _token(signed_in)


@router.post("/login/code")
async def login_with_code(
    body: CodeIn, request: Request, response: Response, use: CurrentTools
) -> TokenOut:
    """The second step of a sign-in. 401 `CodeWrong` or `ChallengeInvalid`; 429 asks to wait."""
    if "origin" in request.headers:
        auth.check_origin(request)
    device = request.cookies.get(cookies.DEVICE_COOKIE)
    answer = Answer(body.challenge, body.code, device)
    signed_in = await sign_in.sign_in_with_code(use, answer, _client(request))
    cookies.write(request, response, signed_in)
    return _token(signed_in)


@router.post("/refresh")
async def refresh(
    request: Request, response: Response, use: CurrentTools, body: RefreshIn | None = None
) -> TokenOut:
    """New tokens for old. The old refresh token is used up; used once more it ends the session."""
    given = body.refresh_token if body else None
    token = given or _cookie(request)
    if token is None:
        raise sessions.ended()
    signed_in = await sign_in.go_on(use, token)
    cookies.write(request, response, signed_in)
    return _token(signed_in, refresh_token=signed_in.refresh_token if given else None)


@router.post("/logout", status_code=204)
async def logout(
    request: Request, response: Response, use: CurrentTools, body: RefreshIn | None = None
) -> None:
    """End the session of the refresh token, in the cookie or the body. Never fails."""
    token = (body.refresh_token if body else None) or _cookie(request)
    if token is not None:
        async with use.database.transaction() as session:
            await sessions.end_by_token(session, token, now=clock.now())
    else:
        principal = await auth.find_principal(request)
        if principal is not None:
            async with use.database.transaction(principal=principal) as session:
                await sessions.end(session, UUID(principal.session_id), now=clock.now())
    cookies.remove(request, response)


@router.get("/me")
async def me(principal: CurrentPrincipal, session: Session) -> UserOut:
    """Who is signed in, as of now: roles given since the token was issued show here already."""
    return _user(await users.get_identity(session, principal.user_id))


@router.post("/password")
async def change_password(
    body: PasswordIn,
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    use: CurrentTools,
) -> TokenOut:
    """Replace one's own password. All other sessions end; this one goes on with the new token."""
    signed_in = await sign_in.change_password(use, principal, current=body.current, new=body.new)
    first_start.forget(request.app.state.settings.home, signed_in.identity.email)
    cookies.write(request, response, signed_in)
    return _token(signed_in)


@router.get("/jwks.json")
async def jwks(response: Response, use: CurrentTools) -> dict[str, Any]:
    """The public keys that verify access tokens (RFC 7517)."""
    response.headers["Cache-Control"] = f"public, max-age={KEYS_KEPT_SECONDS}"
    async with use.database.transaction() as session:
        return await keys.jwks(session, now=clock.now())


def _cookie(request: Request) -> str | None:
    """The refresh token of a browser. Raises OriginForeign if a foreign page sent it."""
    token = request.cookies.get(REFRESH_COOKIE)
    if token is not None:
        auth.check_origin(request)
    return token


def _client(request: Request) -> Client:
    """The device that asks, as the edge has seen it: what clients claim there is stripped."""
    direct = request.client.host if request.client else ""
    address = request.headers.get(EDGE_ADDRESS, direct)
    return Client(address=address, agent=request.headers.get("user-agent", ""))


def _token(signed_in: SignedIn, *, refresh_token: str | None = None) -> TokenOut:
    return TokenOut(
        access_token=signed_in.access_token,
        refresh_token=refresh_token,
        user=_user(signed_in.identity),
    )


def _user(identity: Identity) -> UserOut:
    return UserOut(
        id=identity.user_id,
        name=identity.name,
        email=identity.email,
        roles=list(identity.roles),
        permissions=list(identity.permissions),
        tenant=TenantOut(id=identity.tenant_id, name=identity.tenant_name),
        must_change_password=identity.must_change_password,
    )
