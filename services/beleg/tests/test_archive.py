"""The archive: all of a file or nothing, under the hash of its bytes, for good."""

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from valero.beleg.archive import ABANDONED_SECONDS, Archive

CONTENT = b"<Rechnung/>"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.prepare()
    return made


def keep(archive: Archive, content: bytes = CONTENT) -> str:
    with archive.receive() as incoming:
        for start in range(0, len(content), 4):
            incoming.write(content[start : start + 4])
        archive.keep(incoming)
        return incoming.sha256


def files(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.folder.rglob("*") if path.is_file())


def test_a_file_is_kept_byte_for_byte_under_its_hash(archive: Archive) -> None:
    assert keep(archive) == SHA256
    path = archive.folder / SHA256[:2] / SHA256
    assert path.read_bytes() == CONTENT
    assert archive.is_intact(SHA256)
    assert archive.has(SHA256, len(CONTENT))


def test_a_kept_file_is_readable_by_its_owner_only_and_not_writable(archive: Archive) -> None:
    keep(archive)
    assert archive.path(SHA256).stat().st_mode & 0o777 == 0o400
    assert archive.path(SHA256).parent.stat().st_mode & 0o077 == 0


def test_an_abandoned_upload_leaves_nothing(archive: Archive) -> None:
    with archive.receive() as incoming:
        incoming.write(b"half")
        assert len(files(archive)) == 1
    assert files(archive) == []


def test_the_same_bytes_are_stored_once(archive: Archive) -> None:
    keep(archive)
    before = archive.path(SHA256).stat().st_ino
    keep(archive)
    assert archive.path(SHA256).stat().st_ino == before
    assert files(archive) == [archive.path(SHA256)]


def test_the_same_bytes_at_the_same_time_are_stored_once(archive: Archive) -> None:
    content = os.urandom(200_000)
    start = threading.Barrier(8)
    hashes: list[str] = []

    def upload() -> None:
        start.wait()
        hashes.append(keep(archive, content))

    threads = [threading.Thread(target=upload) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 8
    assert len(set(hashes)) == 1
    assert files(archive) == [archive.path(hashes[0])]
    assert archive.is_intact(hashes[0])


def test_a_damaged_file_is_noticed_and_repaired_by_the_same_bytes(archive: Archive) -> None:
    keep(archive)
    path = archive.path(SHA256)
    path.chmod(0o600)
    path.write_bytes(b"<Rechnunk/>")
    assert archive.has(SHA256, len(CONTENT))
    assert not archive.is_intact(SHA256)
    keep(archive)
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o400


def test_a_missing_file_is_noticed(archive: Archive) -> None:
    assert not archive.has(SHA256, len(CONTENT))
    assert not archive.is_intact(SHA256)


def test_what_a_crash_left_is_dropped_after_a_day(archive: Archive) -> None:
    old = archive.receive()
    young = archive.receive()
    long_ago = time.time() - ABANDONED_SECONDS - 60
    os.utime(old.path, (long_ago, long_ago))
    archive.prepare()
    assert not old.path.exists()
    assert young.path.exists()
    young.__exit__(None, None, None)
    old.__exit__(None, None, None)
