"""An invoice's way through the running product: the last part of `valero verify`.

Uploads an e-invoice that it writes itself, books it, reads the trial balance, reverses the entry.
"""

import asyncio
import contextlib
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from valero.cli.findings import Finding, Grade, failed, passed
from valero.cli.language import text
from valero.cli.programs import Stack
from valero.kit import clock

PROPOSAL_SECONDS = 20.0


@dataclass(frozen=True)
class SignIn:
    """Who books the invoice of the last part."""

    email: str
    password: str


class NotVerified(Exception):  # noqa: N818
    """A step of the last part did not do what it should; those after it make no sense."""


async def end_to_end(stack: Stack, sign_in: SignIn | None) -> AsyncIterator[Finding]:
    """One finding per step; a step that fails ends the journey."""
    names = {entry.name for entry in stack.services}
    if sign_in is None or not {"auth", "beleg", "fibu", "gateway"} <= names:
        yield Finding(
            text("Rechnung buchen", "Book an invoice"),
            Grade.NOTE,
            text("übersprungen", "skipped"),
            text(
                "Mit Anmeldung prüfen: valero verify --email ICH@FIRMA.DE",
                "Check it with a sign-in: valero verify --email ME@COMPANY.COM",
            ),
        )
        return
    journey = Journey(f"http://127.0.0.1:{stack.catalogue.edge['api']}", sign_in)
    async with journey.opened():
        steps: tuple[tuple[str, Callable[[], Any]], ...] = (
            (text("Anmelden", "Sign in"), journey.enter),
            (text("E-Rechnung hochladen", "Upload an e-invoice"), journey.upload),
            (text("Buchungsvorschlag", "Posting proposal"), journey.await_proposal),
            (text("Buchen", "Post"), journey.post),
            (text("Saldenliste", "Trial balance"), journey.read_balance),
            (text("Stornieren", "Reverse"), journey.reverse),
        )
        for subject, step in steps:
            started = time.monotonic()
            try:
                detail = await step()
            except (NotVerified, httpx.HTTPError, KeyError, ValueError) as error:
                yield failed(subject, f"{type(error).__name__}: {error}", "valero logs")
                return
            yield passed(subject, f"{detail}, {(time.monotonic() - started) * 1000:.0f} ms")


class Journey:
    """One invoice from the upload to its reversal, as a person would do it, through the gateway."""

    def __init__(self, edge: str, sign_in: SignIn) -> None:
        self.edge = edge
        self.sign_in = sign_in
        self.number = f"VERIFY-{secrets.token_hex(5).upper()}"
        self.document = ""
        self.entry = ""
        self.http: httpx.AsyncClient

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Keep one connection for the journey."""
        async with httpx.AsyncClient(base_url=self.edge, timeout=10, trust_env=False) as self.http:
            yield

    async def enter(self) -> str:
        """Sign in; the token goes with every later request."""
        answer = await self._call(
            "POST",
            "/api/auth/login",
            json={"email": self.sign_in.email, "password": self.sign_in.password},
        )
        if answer["user"]["must_change_password"]:
            raise NotVerified(text("Kennwort erst ändern", "change the password first"))
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return str(answer["user"]["name"])

    async def upload(self) -> str:
        """Send an invoice that nobody has sent before."""
        document = await self._call(
            "POST",
            "/api/beleg/documents",
            files={"file": (f"{self.number}.xml", self._invoice(), "application/xml")},
        )
        self.document = document["id"]
        return f"{self.number}, {document['invoice']['tax_inclusive']} EUR"

    async def await_proposal(self) -> str:
        """Wait until fibu has heard of the invoice and proposes an entry."""
        deadline = time.monotonic() + PROPOSAL_SECONDS
        path = f"/api/fibu/proposals/{self.document}"
        while time.monotonic() < deadline:
            answer = await self.http.get(path)
            if answer.status_code == httpx.codes.OK:
                lines = answer.json()["entry"]["lines"]
                return text(f"{len(lines)} Zeilen", f"{len(lines)} lines")
            await asyncio.sleep(0.1)
        raise NotVerified(text("kein Vorschlag gekommen", "no proposal arrived"))

    async def post(self) -> str:
        """Book the proposal as it is."""
        entry = await self._call(
            "POST", f"/api/fibu/proposals/{self.document}/posting", json={}, headers=_once()
        )
        self.entry = entry["id"]
        return self.number

    async def read_balance(self) -> str:
        """Debit equals credit over all accounts."""
        balance = await self._call("GET", "/api/fibu/trial-balance")
        if not balance["balanced"] or balance["total_debit"] != balance["total_credit"]:
            raise NotVerified(f"{balance['total_debit']} ≠ {balance['total_credit']}")
        return f"{balance['total_debit']} = {balance['total_credit']} {balance['currency']}"

    async def reverse(self) -> str:
        """Leave the books as they were: history is corrected by a reversal, never deleted."""
        path = f"/api/fibu/entries/{self.entry}/reversal"
        await self._call("POST", path, json={}, headers=_once())
        return await self.read_balance()

    def _invoice(self) -> bytes:
        from valero.beleg import sample

        today = clock.today()
        return sample.dump(sample.Sample(number=self.number, issued_on=today, due_on=today))

    async def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = await self.http.request(method, path, **arguments)
        if answer.is_error:
            raise NotVerified(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        document: dict[str, Any] = answer.json()
        return document


def _once() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}
