"""A running beleg on a real database and a real folder."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from valero.beleg.app import create
from valero.beleg.sample import Sample, dump


class Beleg:
    """A running service, a signed-in client of it, and how to upload."""

    def __init__(self, anybody: Any, home: Path, database: Any) -> None:
        self.anybody = anybody
        self.app = anybody.app
        self.home = home
        self.database = database
        self.user = anybody.as_user("beleg:read", "beleg:receive")

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in (self.home / "archive").rglob("*") if path.is_file())

    def path(self, sha256: str) -> Path:
        return self.home / "archive" / sha256[:2] / sha256

    async def upload(
        self,
        content: bytes,
        name: str = "rechnung.xml",
        media_type: str = "application/xml",
        *,
        user: Any = None,
    ) -> Any:
        files = {"file": (name, content, media_type)}
        return await (user or self.user).post("/api/beleg/documents", files=files)

    async def receive(self, sample: Sample | bytes, **options: Any) -> dict[str, Any]:
        content = sample if isinstance(sample, bytes) else dump(sample)
        answer = await self.upload(content, **options)
        assert answer.status_code in (200, 201), answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def get(self, document_id: str) -> dict[str, Any]:
        answer = await self.user.get(f"/api/beleg/documents/{document_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture
async def beleg(service_database: Any, app_client: Any, tmp_path: Path) -> AsyncIterator[Beleg]:
    database = await service_database("beleg")
    home = tmp_path / "home"
    still = partial(create, examines=False)
    async with app_client(still, database_url=database.url, home=home) as anybody:
        yield Beleg(anybody, home, database)
