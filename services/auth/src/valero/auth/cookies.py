"""The browser's cookies: out of reach for scripts, sent to nobody but us."""

from typing import Any

from fastapi import Request, Response

from valero.auth.sessions import IDLE
from valero.auth.sign_in import SignedIn
from valero.auth.tokens import LIFETIME_SECONDS
from valero.kit.auth import ACCESS_COOKIE, REFRESH_COOKIE

DEVICE_COOKIE = "valero_device"
REFRESH_PATH = "/api/auth"
DEVICE_PATH = "/api/auth/login"
DEVICE_SECONDS = 180 * 24 * 3600
IDLE_SECONDS = int(IDLE.total_seconds())


def write(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Hand over the tokens of `signed_in`, as far as it has new ones."""
    fixed = _fixed(request)
    response.set_cookie(
        ACCESS_COOKIE, signed_in.access_token, max_age=LIFETIME_SECONDS, path="/", **fixed
    )
    if signed_in.refresh_token is not None:
        token = signed_in.refresh_token
        response.set_cookie(REFRESH_COOKIE, token, max_age=IDLE_SECONDS, path=REFRESH_PATH, **fixed)
    if signed_in.device is not None:
        response.set_cookie(
            DEVICE_COOKIE, signed_in.device, max_age=DEVICE_SECONDS, path=DEVICE_PATH, **fixed
        )
    response.headers["Cache-Control"] = "no-store"


def remove(request: Request, response: Response) -> None:
    """Take back the tokens; the device stays known."""
    fixed = _fixed(request)
    response.delete_cookie(ACCESS_COOKIE, path="/", **fixed)
    response.delete_cookie(REFRESH_COOKIE, path=REFRESH_PATH, **fixed)
    response.headers["Cache-Control"] = "no-store"


def _fixed(request: Request) -> dict[str, Any]:
    """`Secure` wherever the browser came by https; plain http is for the machine itself only."""
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    return {"httponly": True, "samesite": "strict", "secure": secure}
