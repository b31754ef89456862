"""What Observer is told about the archive."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from valero.beleg import invariants
from valero.beleg.archive import Archive
from valero.beleg.sample import Sample
from valero.kit.health import InvariantResult
from valero.kit.testing.tokens import OTHER_TENANT, TENANT

SAMPLE = Sample(number="RE-1")


async def ask(beleg: Any, checks: Any, *, tenant: Any = TENANT) -> list[InvariantResult]:
    results = []
    for check in checks:
        async with beleg.app.state.database.transaction(tenant=tenant) as session:
            results.append(await check.check(session))
    return results


def of(beleg: Any) -> Any:
    return invariants.of(Archive(beleg.home / "archive"))


def spoil(path: Path) -> bytes:
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content.replace(b"119", b"911"))
    return content


async def test_a_healthy_archive_has_nothing_missing_and_nothing_altered(beleg: Any) -> None:
    await beleg.receive(SAMPLE)
    results = await ask(beleg, of(beleg))
    assert [(one.ok, one.value) for one in results] == [(True, 0), (True, 0)]


async def test_a_document_without_its_file_is_noticed(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    path = beleg.path(document["sha256"])
    path.chmod(0o600)
    path.unlink()
    missing, altered = await ask(beleg, of(beleg))
    assert (missing.ok, missing.value) == (False, 1)
    assert document["id"] in missing.detail
    assert not altered.ok


async def test_an_altered_file_is_noticed_and_its_repair_too(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    path = beleg.path(document["sha256"])
    content = spoil(path)
    checks = of(beleg)
    missing, altered = await ask(beleg, checks)
    assert missing.ok
    assert (altered.ok, altered.value) == (False, 1)
    path.write_bytes(content)
    assert [one.ok for one in await ask(beleg, checks)] == [True, True]


async def test_the_sample_rotates_through_all_documents_and_forgets_no_damage(
    beleg: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "HASH_BATCH", 2)
    documents = [await beleg.receive(replace(SAMPLE, number=f"RE-{n}")) for n in range(5)]
    spoil(beleg.path(documents[4]["sha256"]))
    checks = of(beleg)
    seen = [(await ask(beleg, checks))[1].value for _ in range(6)]
    assert seen == [0, 0, 1, 1, 1, 1]


async def test_another_tenant_is_not_blamed(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    spoil(beleg.path(document["sha256"]))
    results = await ask(beleg, of(beleg), tenant=OTHER_TENANT)
    assert all(one.ok for one in results)


async def test_the_service_shows_both_invariants(beleg: Any) -> None:
    await beleg.receive(SAMPLE)
    report = (await beleg.anybody.get("/health")).json()
    assert report["serviceId"] == "beleg"
    names = {invariant.name for invariant in of(beleg)}
    assert names == {"documents_archived", "archive_unaltered"}
