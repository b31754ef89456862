"""A request body that is too large is refused before it fills the memory."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from valero.kit import errors

LARGEST_BODY_BYTES = 25 * 1024 * 1024


class BodyTooLarge(errors.TooLarge):
    """The body has more than LARGEST_BODY_BYTES."""

    def __init__(self) -> None:
        megabytes = LARGEST_BODY_BYTES // 1024**2
        super().__init__(
            de=f"Eine Anfrage darf höchstens {megabytes} MB groß sein.",
            en=f"A request may have at most {megabytes} MB.",
        )


class BodyLimit:
    """ASGI middleware: trusts an announced length, counts what arrives without one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 at once if the announced length is too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > LARGEST_BODY_BYTES:
            await errors.answer(Request(scope), BodyTooLarge())(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY_BYTES:
                # the framework passes on only its own exception while it reads a body
                raise HTTPException(413)
            return message

        await self.app(scope, limited, send)
