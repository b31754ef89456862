"""The first administrator of an empty installation, and the file that holds the way in."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth import passwords, roles, users
from valero.auth.passwords import Hashing
from valero.auth.users import NewUser

EMAIL = "administrator@valero.local"
NAME = "Administration"
TENANT = "Meine Firma"

FILE = "first-sign-in.json"
OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700

TURN = text("select pg_advisory_xact_lock(hashtextextended('valero.auth.first_start', 0))")


def path(home: Path) -> Path:
    """Where the first administrator finds the password."""
    return home / "secrets" / FILE


def interface(origins: Sequence[str], port: int | None) -> str | None:
    """Which of the browser `origins` to name: that with the port of the pages, else the first."""
    with_port = (origin for origin in origins if urlsplit(origin).port == port)
    return next(with_port, origins[0] if origins else None)


async def ensure(
    session: AsyncSession, hashing: Hashing, *, home: Path, origin: str | None
) -> bool:
    """Create tenant and administrator if there is no user yet; returns whether it did.

    Two instances at once take turns until their transactions end, and the second finds the user.
    The file is written before the transaction ends: if it fails the next start writes another.
    """
    await session.execute(TURN)
    if await users.count_all(session) > 0:
        return False
    password = passwords.one_time()
    tenant = await users.found_tenant(session, TENANT)
    administrator = NewUser(
        email=EMAIL,
        name=NAME,
        roles=(roles.ADMINISTRATION,),
        password_hash=await hashing.hash(password),
    )
    await users.admit(session, administrator, tenant_id=tenant.id)
    content = {"email": EMAIL, "password": password}
    write(path(home), {"url": origin, **content} if origin else content)
    return True


def write(file: Path, content: dict[str, str]) -> None:
    """Write `content` so that nobody but the owner can read it at any moment."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def forget(home: Path, email: str) -> None:
    """Remove the file once the password in it has been replaced; others' changes leave it."""
    file = path(home)
    try:
        named = json.loads(file.read_text(encoding="utf-8")).get("email")
    except (FileNotFoundError, ValueError, AttributeError):
        return
    if named == email:
        file.unlink(missing_ok=True)
