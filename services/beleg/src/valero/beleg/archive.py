"""The archive: files by the SHA-256 of their bytes, written once, never changed (GoBD Rz. 118).

A file appears under its final name only when all of it is on the disk. It belongs to no tenant; who
may see it is decided by the `documents` table alone.
"""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from valero.kit import errors

CHUNK_BYTES: Final = 256 * 1024
ABANDONED_SECONDS: Final = 24 * 3600

_READ_ONLY = 0o400
_PRIVATE_FOLDER = 0o700


class ArchiveDamaged(errors.Problem):
    """An archived file is gone or altered; somebody has to look at the disk or a backup."""

    title_de = "Archiv beschädigt"
    title_en = "Archive damaged"

    def __init__(self, sha256: str) -> None:
        super().__init__(
            de=f"Die archivierte Datei {sha256} fehlt oder ist verändert. Bitte aus der Sicherung "
            "wiederherstellen.",
            en=f"The archived file {sha256} is missing or altered. Please restore it from the "
            "backup.",
        )


class Incoming:
    """A file on its way in: hashed while it is written, gone unless it is kept."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix="incoming-")
        self.path = Path(name)
        self.size_bytes = 0
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """Hash of what was written so far, lower-case hexadecimal."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append bytes. Raises OSError when the disk is full."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size_bytes += len(chunk)

    def settle(self) -> None:
        """Make everything written durable and read-only."""
        self._file.flush()
        os.fsync(self._file.fileno())
        os.fchmod(self._file.fileno(), _READ_ONLY)

    def content(self) -> bytes:
        """Everything written so far."""
        self._file.flush()
        return self.path.read_bytes()


class Archive:
    """A folder of content-addressed files. All methods block; call them in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def prepare(self) -> None:
        """Create the folders and drop uploads that a crash left behind more than a day ago."""
        self._incoming.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        oldest = time.time() - ABANDONED_SECONDS
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def receive(self) -> Incoming:
        """A new file on its way in, in the same file system as the archive."""
        return Incoming(self._incoming)

    def path(self, sha256: str) -> Path:
        """Where the file with this hash is, or would be."""
        return self.folder / sha256[:2] / sha256

    def keep(self, incoming: Incoming) -> None:
        """Move a complete file to its final name, durably; harmless if it is there already.

        A file that is there but damaged is replaced: the bytes at hand are proven by their hash.
        """
        final = self.path(incoming.sha256)
        if self.is_intact(incoming.sha256):
            return
        incoming.settle()
        if not final.parent.is_dir():
            final.parent.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
            _sync_folder(self.folder)
        incoming.path.rename(final)
        _sync_folder(final.parent)

    def intact_path(self, sha256: str) -> Path:
        """Where the file is, after its bytes were compared with the hash. Raises ArchiveDamaged."""
        if not self.is_intact(sha256):
            raise ArchiveDamaged(sha256)
        return self.path(sha256)

    def has(self, sha256: str, size_bytes: int) -> bool:
        """Whether a file of this hash and size is there; its content is not looked at."""
        try:
            return self.path(sha256).stat().st_size == size_bytes
        except FileNotFoundError:
            return False

    def is_intact(self, sha256: str) -> bool:
        """Whether the file is there and its bytes still have this hash."""
        digest = hashlib.sha256()
        try:
            with self.path(sha256).open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256


def _sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
