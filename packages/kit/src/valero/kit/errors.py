"""Errors as answers: RFC 9457 `application/problem+json` in German or English.

A document module subclasses one of the kinds below; the class name is the public `code`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from valero.kit.validation_texts import german

Language = Literal["de", "en"]
Place = Literal["body", "query", "path", "header", "cookie"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one input; `pointer` is a JSON pointer (RFC 6901) into `place`."""

    pointer: str
    code: str
    de: str
    en: str
    place: Place = "body"


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """An error that the caller is told about. Subclasses give status and titles."""

    status: ClassVar[int] = 500
    title_de: ClassVar[str] = "Unerwarteter Fehler"
    title_en: ClassVar[str] = "Unexpected error"

    def __init__(
        self,
        *,
        de: str = "",
        en: str = "",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(en or de or self.title_en)
        self.detail_de = de
        self.detail_en = en
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def code(self) -> str:
        """The public name of the error: the name of its class."""
        return type(self).__name__


class Invalid(Problem):
    """The input is well formed but breaks a rule."""

    status = 422
    title_de = "Ungültige Eingabe"
    title_en = "Invalid input"


class Conflict(Problem):
    """The input contradicts what is already there."""

    status = 409
    title_de = "Widerspruch zum vorhandenen Stand"
    title_en = "Conflict with the present state"


class NotFound(Problem):
    """There is no such thing, or the caller may not know of it."""

    status = 404
    title_de = "Nicht gefunden"
    title_en = "Not found"


class Forbidden(Problem):
    """The caller is known and lacks the permission."""

    status = 403
    title_de = "Keine Berechtigung"
    title_en = "Not permitted"


class Unauthorized(Problem):
    """The caller is not known."""

    status = 401
    title_de = "Anmeldung erforderlich"
    title_en = "Sign-in required"


class Unavailable(Problem):
    """Something this service needs does not answer now; trying again helps."""

    status = 503
    title_de = "Vorübergehend nicht verfügbar"
    title_en = "Temporarily unavailable"


class TooLarge(Problem):
    """The input is larger than allowed."""

    status = 413
    title_de = "Zu groß"
    title_en = "Too large"


class Gone(Problem):
    """The thing existed and no longer does."""

    status = 410
    title_de = "Nicht mehr vorhanden"
    title_en = "No longer there"


HTTP_DETAILS = {
    404: ("Diese Adresse gibt es nicht.", "There is no such address."),
    405: ("Diese Adresse kennt die Methode nicht.", "This address does not know the method."),
    413: ("Die Anfrage ist zu groß.", "The request is too large."),
}

HTTP_TITLES_DE = {
    400: "Fehlerhafte Anfrage",
    401: Unauthorized.title_de,
    403: Forbidden.title_de,
    404: NotFound.title_de,
    405: "Methode nicht erlaubt",
    406: "Nicht in dieser Darstellung verfügbar",
    413: TooLarge.title_de,
    415: "Darstellung nicht unterstützt",
    429: "Zu viele Anfragen",
}


def install(app: FastAPI) -> None:
    """Make `app` answer every error, its own and the framework's, as problem+json."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unexpected)


def answer(request: Request, problem: Problem) -> JSONResponse:
    """`problem` as an HTTP answer in the language the request prefers."""
    language = preferred_language(request.headers.get("accept-language", ""))
    german_wanted = language == "de"
    body: dict[str, Any] = {
        "type": f"urn:valero:problem:{problem.code}",
        "title": problem.title_de if german_wanted else problem.title_en,
        "status": problem.status,
        "detail": problem.detail_de if german_wanted else problem.detail_en,
        "code": problem.code,
    }
    if not body["detail"]:
        del body["detail"]
    if problem.errors:
        body["errors"] = [_field(error, language) for error in problem.errors]
    return _render(request, body, language, problem.headers)


def preferred_language(accept: str) -> Language:
    """German unless the Accept-Language header (RFC 9110, 12.5.4) ranks English higher."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        tag, _, parameters = part.strip().partition(";")
        weight = _quality(parameters)
        for known in ("de", "en"):
            if tag.lower().split("-")[0] == known:
                weights[known] = max(weights.get(known, 0.0), weight)
    return "en" if weights.get("en", 0.0) > weights.get("de", 0.0) else "de"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _field(error: FieldError, language: Language) -> dict[str, str]:
    return {
        "pointer": error.pointer,
        "in": error.place,
        "code": error.code,
        "detail": error.de if language == "de" else error.en,
    }


def _render(
    request: Request, body: dict[str, Any], language: Language, headers: Mapping[str, str]
) -> JSONResponse:
    """`instance` names the trace, so that what a user reports is found in the logs."""
    trace_id = _trace_id(request)
    if trace_id is not None:
        body["instance"] = f"urn:valero:trace:{trace_id}"
    return JSONResponse(
        body,
        status_code=body["status"],
        media_type="application/problem+json",
        headers={
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
            **headers,
        },
    )


def _trace_id(request: Request) -> str | None:
    """Kept in the request, because a defect is answered after its trace has ended."""
    trace_id: str | None = getattr(request.state, "trace_id", None)
    return trace_id


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(request, error)


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problem = Invalid(
        de="Die Anfrage enthält ungültige Angaben.",
        en="The request contains invalid values.",
        errors=[_from_pydantic(entry) for entry in error.errors()],
    )
    return answer(request, problem)


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: unknown route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    language = preferred_language(request.headers.get("accept-language", ""))
    phrase = HTTPStatus(error.status_code).phrase
    title = HTTP_TITLES_DE.get(error.status_code, phrase) if language == "de" else phrase
    code = "".join(word.capitalize() for word in phrase.replace("-", " ").split())
    body: dict[str, Any] = {
        "type": f"urn:valero:problem:{code}",
        "title": title,
        "status": error.status_code,
    }
    if error.status_code in HTTP_DETAILS:
        body["detail"] = HTTP_DETAILS[error.status_code][0 if language == "de" else 1]
    body["code"] = code
    return _render(request, body, language, error.headers or {})


async def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    """A defect of ours: the log gets everything, the caller nothing of the inside."""
    log.error(
        "unhandled_error",
        method=request.method,
        path=request.url.path,
        error=type(error).__name__,
        trace_id=_trace_id(request),
    )
    problem = Problem(
        de="Der Fehler wurde aufgezeichnet. Bitte versuchen Sie es später erneut.",
        en="The error has been recorded. Please try again later.",
    )
    return answer(request, problem)


def _from_pydantic(entry: Mapping[str, Any]) -> FieldError:
    place, *path = entry["loc"]
    if entry["type"] == "json_invalid":
        path = []
    return FieldError(
        pointer="".join(f"/{_escape(str(part))}" for part in path),
        code=entry["type"],
        de=german(entry["type"], entry.get("ctx", {}), entry["msg"]),
        en=entry["msg"],
        place=place if place in ("query", "path", "header", "cookie") else "body",
    )


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
