"""Small real services that answer as beleg, fibu and observer do: `python books.py <name> <port>`.

The answers are complete by the committed openapi.json files (see test_graphql.py).
"""

import asyncio
import json
import sys
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import uvicorn

NAME, PORT = (sys.argv[1], int(sys.argv[2])) if __name__ == "__main__" else ("", 0)
DOCUMENTS = 30
INSTANT = "2026-03-02T08:00:00Z"

seen: Counter[str] = Counter()
last: dict[str, Any] = {}
switches = {"failing": "no"}


def uuid(kind: int, number: int) -> str:
    return f"00000000-0000-7000-800{kind}-{number:012}"


def document(number: int) -> dict[str, Any]:
    return {
        "id": uuid(1, number),
        "sha256": f"{number:064x}",
        "filename": f"RE-{number}.xml",
        "media_type": "application/xml",
        "size_bytes": 1000,
        "received_at": INSTANT,
        "state": "booked",
        "invoice": {
            "syntax": "ubl",
            "type_code": "380",
            "number": f"RE-{number}",
            "issued_on": "2026-03-01",
            "due_on": None,
            "currency": "EUR",
            "seller_name": "Muster GmbH",
            "buyer_name": "Beispiel AG",
            "tax_inclusive": "119.00",
            "payable": "119.00",
        },
        "duplicate_of": None,
        "entry_id": uuid(2, number),
        "problem": None,
    }


def line(account: str, **amounts: str) -> dict[str, Any]:
    empty = ("account_name", "debit", "credit", "tax_code", "cost_centre", "partner", "text")
    return {"account": account, **dict.fromkeys(empty), **amounts}


def header(number: int) -> dict[str, Any]:
    return {
        "posted_on": "2026-03-02",
        "document_on": "2026-03-01",
        "document_number": f"RE-{number}",
        "text": "Büromaterial",
        "currency": "EUR",
        "source": "beleg",
        "source_id": uuid(1, number),
        "lines": [line("4930", debit="119.00"), line("1600", credit="119.00")],
    }


def entry(number: int) -> dict[str, Any]:
    return {
        **header(number),
        "id": uuid(2, number),
        "number": None,
        "state": "posted",
        "total": "119.00",
        "reverses": None,
        "reversed_by": None,
        "posted_at": INSTANT,
        "posted_by": {"id": uuid(3, 1), "name": "Erika Mustermann"},
    }


def proposal(number: int) -> dict[str, Any]:
    return {
        "document_id": uuid(1, number),
        "state": "booked",
        "entry_id": uuid(2, number),
        "entry": header(number),
        "reasons": ["Die Rechnung weist 19 % Umsatzsteuer aus."],
        "warnings": [],
        "invoice": document(number)["invoice"],
    }


def service(name: str) -> dict[str, Any]:
    text = {"de": "Läuft.", "en": "Runs."}
    instance = {"instance": f"{name}-1", "state": "up", "cause": "ok", "text": text}
    measured = {"latency_ms": 1.5, "cpu_percent": 2.0, "memory_mb": 80.0, "version": "0.1.0"}
    return {
        "id": name,
        "title": name.title(),
        "description": "",
        "state": "up",
        "since": INSTANT,
        "depends_on": ["postgres"],
        "affected_by": [],
        "instances": [{**instance, **measured, "since": INSTANT, "crash_looping": False}],
    }


ROWS: dict[str, tuple[Any, str]] = {
    "/api/beleg/documents": (document, "id"),
    "/api/fibu/entries": (entry, "id"),
    "/api/fibu/proposals": (proposal, "document_id"),
}
TRIAL_BALANCE = {
    "as_of": "2026-03-31",
    "currency": "EUR",
    "accounts": [
        {
            "account": "4930",
            "name": "Bürobedarf",
            "type": "expense",
            "debit": "119.00",
            "credit": "0.00",
            "balance": "119.00",
        }
    ],
    "total_debit": "119.00",
    "total_credit": "119.00",
    "balanced": True,
}


def answer(path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
    if path == "/switch":
        switches["failing"] = query["failing"][0]
        return 200, {}
    if path == "/seen":
        counted = dict(seen)
        seen.clear()
        return 200, {"seen": counted, **last}
    if path in ROWS and switches["failing"] != "yes":
        make, key = ROWS[path]
        rows = [make(number) for number in range(DOCUMENTS)]
        if key in query:
            rows = [row for row in rows if row[key] in query[key]]
        return 200, {"items": rows[: int(query["limit"][0])], "next": None, "total": None}
    if path == "/api/fibu/trial-balance":
        problem = {"code": "PermissionMissing", "title": "Keine Berechtigung", "status": 403}
        return {"no": (200, TRIAL_BALANCE), "yes": (403, problem), "odd": (200, {})}[
            switches["failing"]
        ]
    if path == "/api/observer/services":
        return 200, {"items": [service("fibu"), service("auth")], "next": None, "total": 2}
    return (
        (500, {"secret": f"http://127.0.0.1:{PORT}"}) if switches["failing"] == "yes" else (200, {})
    )


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path.startswith("/api/") and not path.endswith("/ready"):
        seen[path] += 1
        last["headers"] = {k.decode(): v.decode() for k, v in scope["headers"]}
    if path.endswith("/stream"):
        await stream(send)
        return
    status, content = answer(path, parse_qs(scope["query_string"].decode()))
    media_type = b"application/json" if status == 200 else b"application/problem+json"
    headers = [(b"content-type", media_type)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def stream(send: Any) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number in range(3):
        change = {
            "document_id": uuid(1, number),
            "action": "received",
            "state": "received",
            "entry_id": None,
            "changed_at": INSTANT,
        }
        if NAME == "observer":
            text = f"event: service\ndata: {json.dumps(service('fibu'))}\n\n"
        else:
            text = f": comment\n\nid: {number}\nevent: document\ndata: {json.dumps(change)}\n\n"
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
        await asyncio.sleep(0.2)
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
