"""A probe: the smallest service, through which kit is tested as its users meet it."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from valero.kit import app, audit, clock, errors, etag, idempotency, paging
from valero.kit import database as databases
from valero.kit.auth import CurrentPrincipal, require
from valero.kit.database import Database, Session
from valero.kit.idempotency import Idempotent
from valero.kit.money import Amount
from valero.kit.testing.clients import AppClient
from valero.kit.testing.postgres import ServiceDatabase

FIRST_MIGRATION = '''
"""The tables of the probe."""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes
from valero.kit.migrate import create_kit_tables

revision = "2026_01_01_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_kit_tables(op)
    op.execute(
        """
        create table notes (
            tenant_id uuid not null
                default nullif(current_setting('valero.tenant', true), '')::uuid,
            id uuid not null,
            number integer not null,
            text text not null,
            constraint pk_notes primary key (tenant_id, id),
            constraint uq_notes_tenant_id_number unique (tenant_id, number)
                deferrable initially deferred
        )
        """
    )
    enable_tenant_isolation(op, "notes")
    op.execute("create table seals (id integer primary key, state text not null)")
    forbid_changes(op, "seals", when="old.state = 'closed'")
'''


class Base(DeclarativeBase):
    metadata = databases.metadata()
    type_annotation_map = databases.TYPES


class Note(databases.TenantRow, Base):
    __tablename__ = "notes"
    __table_args__ = (
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.UniqueConstraint("tenant_id", "number", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[Any] = mapped_column(sa.Uuid, default=clock.new_id)
    number: Mapped[int]
    text: Mapped[str]


class Seal(Base):
    __tablename__ = "seals"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class NoteIn(BaseModel):
    number: int
    text: str = ""


class NoteOut(BaseModel):
    number: int
    text: str


class LineIn(BaseModel):
    amount: Amount


class EntryIn(BaseModel):
    lines: list[LineIn]


class NoteUnreadable(errors.Conflict):
    title_de = "Notiz unlesbar"
    title_en = "Note unreadable"


router = APIRouter(prefix="/api/probe")


@router.post("/notes", status_code=201, dependencies=[require("probe:write")])
async def write(body: NoteIn, session: Session) -> NoteOut:
    session.add(Note(number=body.number, text=body.text))
    await session.flush()
    await audit.record(session, "note_written", str(body.number), after=body)
    return NoteOut(number=body.number, text=body.text)


@router.get("/notes", dependencies=[require("probe:read")])
async def read(session: Session, page: paging.Paging, text: str = "") -> paging.Page[NoteOut]:
    notes = sa.select(Note).where(Note.text.contains(text))
    rows = await paging.read(session, notes, page, by=[Note.number, Note.id])
    return rows.page(lambda note: NoteOut(number=note.number, text=note.text))


@router.post("/bookings", status_code=201, dependencies=[require("probe:write")])
async def book(body: NoteIn, session: Session, key: Idempotent) -> NoteOut:
    async def work() -> NoteOut:
        # a second booking of the same number gets the next one: it would be seen in the answer
        highest = await session.scalar(sa.select(sa.func.max(Note.number)))
        note = Note(number=(highest or body.number) + 1, text=body.text)
        session.add(note)
        await session.flush()
        if body.text == "unreadable":
            raise NoteUnreadable(de="Das ist nicht lesbar.", en="That is unreadable.")
        return NoteOut(number=note.number, text=note.text)

    return await idempotency.run(key, session, body, work)


@router.post("/entries")
async def enter(body: EntryIn) -> EntryIn:
    return body


@router.post("/fragile", dependencies=[require("probe:write")])
async def post_fragile(request: Request, session: Session) -> dict[str, Any]:
    return await fragile(request, session)


@router.put("/fragile", dependencies=[require("probe:write")])
async def put_fragile(request: Request, session: Session) -> dict[str, Any]:
    return await fragile(request, session)


async def fragile(request: Request, session: Session) -> dict[str, Any]:
    """Writes, runs the next of `app.state.statements`, one per attempt, and echoes the body."""
    statement = next(request.app.state.statements, None)
    body = (await request.body()).decode()
    session.add(Note(number=1, text=body))
    await session.flush()
    if statement is not None:
        await session.execute(sa.text(statement))
    return {"body": body}


@router.get("/versions/{version}")
async def versioned(version: int, request: Request, response: Response) -> dict[str, int]:
    etag.conditional(request, response, version)
    return {"version": version}


@router.get("/me")
async def me(principal: CurrentPrincipal) -> dict[str, Any]:
    return {"name": principal.name, "tenant": principal.tenant_id}


@router.post("/me")
async def change_me(principal: CurrentPrincipal) -> dict[str, Any]:
    return {"name": principal.name}


@router.get("/defect")
async def defect() -> None:
    raise ZeroDivisionError("secret inside")


@router.get("/unreadable")
async def unreadable() -> None:
    raise NoteUnreadable(
        de="Das ist nicht lesbar.",
        en="That is unreadable.",
        errors=[errors.FieldError("/text", "unreadable", "Unlesbar.", "Unreadable.")],
    )


def create(settings: Any) -> Any:
    return app.create(
        "probe",
        settings=settings,
        routers=[router],
        permissions={"probe:read": "Notizen lesen", "probe:write": "Notizen schreiben"},
    )


@pytest.fixture(scope="session")
def probe() -> SimpleNamespace:
    """What tests need of this file by name."""
    return SimpleNamespace(Base=Base, Note=Note, create=create, migration=FIRST_MIGRATION)


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe's folder of migrations."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "2026_01_01_first.py").write_text(FIRST_MIGRATION, "utf8")
    return folder


@pytest.fixture
async def probe_database(service_database: Any, versions: Path) -> ServiceDatabase:
    """A new migrated database of the probe."""
    described: ServiceDatabase = await service_database("probe", versions=versions)
    return described


@pytest.fixture
async def database(probe_database: ServiceDatabase) -> AsyncIterator[Database]:
    """The probe's own pool, without the application."""
    pool = Database(probe_database.url)
    yield pool
    await pool.close()


@pytest.fixture(scope="module")
async def steady_client(
    app_client: Any, service_database: Any, versions: Path
) -> AsyncIterator[AppClient]:
    """Like `client`, but one for all tests of a module: for those that store nothing."""
    described = await service_database("probe", versions=versions)
    async with app_client(create, database_url=described.url, raise_errors=False) as running:
        yield running


@pytest.fixture
async def client(app_client: Any, probe_database: ServiceDatabase) -> AsyncIterator[AppClient]:
    """The running probe; nobody signed in; a defect answers 500."""
    async with app_client(create, database_url=probe_database.url, raise_errors=False) as running:
        running.app.state.statements = iter(())
        yield running
