"""Repeats a request whose transaction the database undid, before anything was answered.

A request is one transaction and facts leave through the outbox, so a transaction that was
undone left nothing behind and the request can simply run again with the same body.
"""

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from valero.kit import database, errors

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
VALUE_REFUSED = frozenset({"22000", "22003", "22008", "22021"})
"""Data exceptions that only input can cause; the rest of class 22 are defects of ours."""

REMEMBERED_BODY_BYTES = 4 * 1024 * 1024

log = structlog.get_logger(__name__)


class SaveUnconfirmed(errors.Unavailable):
    """The connection broke while committing: the caller has to look before trying again."""

    def __init__(self) -> None:
        super().__init__(
            de="Die Verbindung zur Datenbank riss beim Speichern ab. "
            "Bitte prüfen Sie, ob der Vorgang gespeichert wurde.",
            en="The connection to the database broke while saving. "
            "Please check whether it was saved.",
        )


class ValueRefused(errors.Invalid):
    """A value passed the model but fits no column: too large, or text with a null character."""

    def __init__(self) -> None:
        super().__init__(
            de="Eine Angabe ist zu groß oder enthält unzulässige Zeichen.",
            en="A value is too large or contains characters that are not allowed.",
        )


class Retry:
    """ASGI middleware; lies outside the exception handlers, which leave database errors alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, at most `database.ATTEMPTS` times."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        original = dict(scope)
        exchange = _Exchange(receive, send)
        for attempt in range(1, database.ATTEMPTS + 1):
            try:
                await self.app(scope, exchange.receiver(), exchange.send)
            except (DBAPIError, database.OutcomeUnknown) as error:
                problem = _problem(error)
                if problem is None or exchange.answering:
                    raise
                again = exchange.repeatable and _may_repeat(scope, error)
                if attempt == database.ATTEMPTS or not again:
                    log.warning(
                        "database_failed",
                        path=scope["path"],
                        problem=problem.code,
                        sqlstate=database.sqlstate(error),
                        attempt=attempt,
                    )
                    answer = errors.answer(Request(original), problem)
                    await answer(scope, receive, send)
                    return
            else:
                return
            await database.pause(attempt)
            scope.clear()
            scope.update(original)


def _problem(error: Exception) -> errors.Problem | None:
    """What to answer if repeating does not help; None for errors that are not the database's."""
    if isinstance(error, database.OutcomeUnknown):
        return SaveUnconfirmed()
    if database.is_lost(error) or database.is_rolled_back(error):
        return database.UnavailableDatabase()
    if database.sqlstate(error) in VALUE_REFUSED:
        return ValueRefused()
    return None


def _may_repeat(scope: Scope, error: Exception) -> bool:
    if isinstance(error, database.OutcomeUnknown):
        return scope["method"] in IDEMPOTENT_METHODS or "idempotent" in scope.get("state", {})
    return database.may_succeed_later(error)


class _Exchange:
    """Remembers the request's body for another attempt, and whether an answer has begun."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._body: list[Message] = []
        self._size = 0
        self.answering = False

    @property
    def repeatable(self) -> bool:
        """Whether everything received so far is still there."""
        return self._size <= REMEMBERED_BODY_BYTES

    def receiver(self) -> Receive:
        """A `receive` that starts over with what was received before."""
        replayed = iter(list(self._body))

        async def receive() -> Message:
            known = next(replayed, None)
            if known is not None:
                return known
            message = await self._receive()
            self._size += len(message.get("body", b""))
            if self.repeatable:
                self._body.append(message)
            else:
                self._body.clear()
            return message

        return receive

    async def send(self, message: Message) -> None:
        """Pass `message` on; from now on the request cannot be repeated."""
        self.answering = True
        await self._send(message)
