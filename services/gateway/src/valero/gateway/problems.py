"""What Envoy itself answers when it refuses: RFC 9457 problem+json in German and English.

The codes are those the services use for the same status, so that a client needs one table.
"""

import json
from dataclasses import dataclass

from valero.gateway.edge import Json

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Refusal:
    """One status with its public code, title and detail in both languages."""

    status: int
    code: str
    title_de: str
    title_en: str
    detail_de: str
    detail_en: str


REFUSALS = (
    Refusal(
        400,
        "BadRequest",
        "Fehlerhafte Anfrage",
        "Bad request",
        "Die Anfrage ist nicht lesbar.",
        "The request cannot be read.",
    ),
    Refusal(
        401,
        "Unauthorized",
        "Anmeldung erforderlich",
        "Sign-in required",
        "Bitte melden Sie sich an; das Zugangstoken fehlt, ist abgelaufen oder ungültig.",
        "Please sign in; the access token is missing, expired or invalid.",
    ),
    Refusal(
        403,
        "Forbidden",
        "Keine Berechtigung",
        "Not permitted",
        "Das Zugangstoken gilt nicht für diese Anwendung.",
        "The access token was not issued for this application.",
    ),
    Refusal(
        404,
        "NotFound",
        "Nicht gefunden",
        "Not found",
        "Unter dieser Adresse gibt es nichts.",
        "There is nothing at this address.",
    ),
    Refusal(
        408,
        "RequestTimeout",
        "Anfrage unvollständig",
        "Request timed out",
        "Die Anfrage kam nicht rechtzeitig vollständig an.",
        "The request did not arrive completely in time.",
    ),
    Refusal(
        413,
        "TooLarge",
        "Zu groß",
        "Too large",
        "Erlaubt sind 1 MiB, für Belege 25 MiB.",
        "The limit is 1 MiB, for documents 25 MiB.",
    ),
    Refusal(
        429,
        "TooManyRequests",
        "Zu viele Anfragen",
        "Too many requests",
        "Bitte warten Sie kurz; der Kopf Retry-After nennt die Sekunden.",
        "Please wait a moment; the header Retry-After names the seconds.",
    ),
    Refusal(
        431,
        "RequestHeaderFieldsTooLarge",
        "Kopfzeilen zu groß",
        "Request headers too large",
        "Die Kopfzeilen der Anfrage sind zu groß.",
        "The headers of the request are too large.",
    ),
    Refusal(
        502,
        "BadGateway",
        "Antwort unlesbar",
        "Bad gateway",
        "Der Dienst hat unlesbar geantwortet.",
        "The service gave an unreadable answer.",
    ),
    Refusal(
        503,
        "Unavailable",
        "Vorübergehend nicht verfügbar",
        "Temporarily unavailable",
        "Der Dienst ist gerade nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
        "The service cannot be reached right now. Please try again in a moment.",
    ),
    Refusal(
        504,
        "GatewayTimeout",
        "Zeitüberschreitung",
        "Gateway timeout",
        "Der Dienst hat nicht rechtzeitig geantwortet.",
        "The service did not answer in time.",
    ),
)


def local_replies() -> Json:
    """Envoy's `local_reply_config`: the first mapper whose language and status match wins.

    English for a client that names it first, German for everyone else; the services weigh the
    whole header, which Envoy cannot.
    """
    english = [_mapper(refusal, "en") for refusal in REFUSALS]
    return {"mappers": english + [_mapper(refusal, "de") for refusal in REFUSALS]}


def body(refusal: Refusal, language: str) -> Json:
    """The problem document of `refusal` in `language` (`de` or `en`)."""
    german = language == "de"
    return {
        "type": f"urn:valero:problem:{refusal.code}",
        "title": refusal.title_de if german else refusal.title_en,
        "status": refusal.status,
        "detail": refusal.detail_de if german else refusal.detail_en,
        "code": refusal.code,
    }


def _mapper(refusal: Refusal, language: str) -> Json:
    text = json.dumps(body(refusal, language), ensure_ascii=False)
    assert "%" not in text, "Envoy would read it as a variable"
    return {
        "filter": _english_with(refusal.status) if language == "en" else _status(refusal.status),
        "body_format_override": {
            "text_format_source": {"inline_string": text},
            "content_type": MEDIA_TYPE,
        },
        "headers_to_add": [
            _set("content-language", language),
            _set("vary", "Accept-Language"),
            _set("cache-control", "no-store"),
            _set("x-content-type-options", "nosniff"),
        ],
    }


def _status(status: int) -> Json:
    value = {"default_value": status, "runtime_key": f"valero.refusal_{status}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _english_with(status: int) -> Json:
    header = {
        "name": "accept-language",
        "string_match": {"safe_regex": {"regex": r"(?i)\s*en([-,;].*|\s*)"}},
    }
    return {"and_filter": {"filters": [{"header_filter": {"header": header}}, _status(status)]}}


def _set(key: str, value: str) -> Json:
    return {
        "header": {"key": key, "value": value},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }
