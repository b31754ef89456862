"""What the tests of the whole product share: one stack, started as a user would, and invoices."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from valero.beleg import sample
from valero.beleg.invoice import Syntax
from valero.beleg.sample import SampleLine
from valero.kit import catalogue
from valero.kit.testing.ports import free_offset

ROOT = Path(__file__).parents[1]
OFFICIAL = ROOT.parent / "shared" / "data" / "xrechnung"
PASSWORD = "ein langer Satz fürs Buchen"
LINES = (
    SampleLine(),
    SampleLine(name="Fachbuch", price=Decimal("19.99"), rate=Decimal(7)),
    SampleLine(name="Saatgut", quantity=Decimal("2.5"), price=Decimal("33.33")),
)


@dataclass(frozen=True)
class Stack:
    """A running stack and its administrator, whose first password is already changed."""

    home: Path
    offset: int
    email: str
    password: str

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{8000 + self.offset}"

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{3000 + self.offset}"

    def valero(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return run_valero(*arguments, "--home", str(self.home), timeout=timeout)

    def pid_of(self, instance: str) -> int:
        """The process id that `valero status` shows for an instance."""
        rows = json.loads(self.valero("status", "--json").stdout)["processes"]
        return next(row["pid"] for row in rows if row["name"] == instance)

    def kill(self, instance: str) -> int:
        """Kill an instance with SIGKILL; returns the process id it had."""
        pid = self.pid_of(instance)
        os.kill(pid, signal.SIGKILL)
        return pid

    def sign_in(self) -> httpx.Client:
        """A client that carries the administrator's token."""
        client = httpx.Client(base_url=self.api, timeout=30)
        credentials = {"email": self.email, "password": self.password}
        answer = client.post("/api/auth/login", json=credentials)
        assert answer.status_code == 200, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client


def run_valero(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "valero"), *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VALERO_")}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout
    )


def all_ports() -> list[int]:
    known = catalogue.load(ROOT / "services.toml", offset=0)
    services = [service.port_of(n) for service in known.services.values() for n in (1, 2)]
    return [*known.edge.values(), *known.infrastructure.values(), *services]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product in an empty home on free ports; signed in once, so the password is set."""
    home = tmp_path_factory.mktemp("stack") / "home"
    offset = free_offset(all_ports())
    started = run_valero("up", "--detach", "--home", str(home), "--offset", str(offset), "--json")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        first = json.loads((home / "secrets" / "first-sign-in.json").read_text("utf8"))
        running = Stack(home=home, offset=offset, email=first["email"], password=PASSWORD)
        change_first_password(running, first["password"])
        yield running
    finally:
        run_valero("down", "--home", str(home))
        # root's database may stand where its unprivileged owner can reach it
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)


def change_first_password(stack: Stack, first: str) -> None:
    with httpx.Client(base_url=stack.api, timeout=30) as client:
        login = client.post("/api/auth/login", json={"email": stack.email, "password": first})
        assert login.status_code == 200, login.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        passwords = {"current": first, "new": stack.password}
        changed = client.post("/api/auth/password", json=passwords)
        assert changed.status_code in {200, 204}, changed.text


@dataclass(frozen=True)
class Invoice:
    """A file and what it says about itself, read by other means than the product's."""

    path: Path
    tax_inclusive: Decimal
    payable: Decimal
    currency: str
    credit: bool


def amount(xml: str, *names: str) -> Decimal:
    """The last amount in one of these elements: totals of the document stand at its end."""
    for element in names:
        found = re.findall(rf"<(?:\w+:)?{element}\b[^>]*>\s*(-?[\d.]+)\s*<", xml)
        if found:
            return Decimal(found[-1])
    raise AssertionError(names)


def read(path: Path) -> Invoice:
    xml = path.read_text("utf8")
    code = re.search(r"<(?:\w+:)?(?:InvoiceTypeCode|CreditNoteTypeCode)>(\d+)<", xml) or re.search(
        r"ExchangedDocument>.*?TypeCode>(\d+)<", xml, re.DOTALL
    )
    currency = re.search(r"(?:DocumentCurrencyCode|InvoiceCurrencyCode)>(\w{3})<", xml)
    assert code
    assert currency
    return Invoice(
        path=path,
        tax_inclusive=amount(xml, "TaxInclusiveAmount", "GrandTotalAmount"),
        payable=amount(xml, "PayableAmount", "DuePayableAmount"),
        currency=currency[1],
        credit=code[1]
        in {"381", "396", "532", "83", "81", "261", "262", "296", "308", "420", "458"},
    )


@pytest.fixture(scope="session")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> list[Invoice]:
    """The official XRechnung test suite; in a clone without it, invoices of our own making."""
    if OFFICIAL.is_dir():
        return [read(path) for path in sorted(OFFICIAL.glob("*.xml"))]
    folder = tmp_path_factory.mktemp("invoices")
    for number in range(1, 7):
        for syntax in Syntax:
            made = sample.Sample(number=f"RE-{number:04d}-{syntax}", lines=LINES[: 1 + number % 3])
            (folder / f"{number:02d}-{syntax}.xml").write_bytes(sample.dump(made, syntax))
    return [read(path) for path in sorted(folder.glob("*.xml"))]
