"""Who may sign in and what they may do: for those with the permission `auth:administer`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from valero.auth import passwords, roles, sessions, users
from valero.auth.api.signing_in import CurrentTools
from valero.auth.api.texts import TextOut
from valero.auth.models import Ending, Membership, User
from valero.auth.users import NewUser
from valero.kit import clock
from valero.kit.auth import Principal, require
from valero.kit.database import Session

ADMINISTER = "auth:administer"
PERMISSIONS = {ADMINISTER: "Benutzer und Rollen verwalten"}

router = APIRouter(prefix="/api/auth", tags=["administration"], dependencies=[require(ADMINISTER)])

Administrator = Annotated[Principal, require(ADMINISTER)]
RoleKeys = Annotated[list[str], Field(min_length=1, max_length=20)]


class RoleOut(BaseModel):
    """A role and what it allows."""

    key: str
    title: TextOut
    permissions: list[str]


class MemberOut(BaseModel):
    """A user of the tenant."""

    id: UUID
    email: str
    name: str
    roles: list[str]
    active: bool
    must_change_password: bool


class MemberIn(BaseModel):
    """Somebody to let in."""

    email: str = Field(min_length=3, max_length=254)
    name: str = Field(min_length=1, max_length=200)
    roles: RoleKeys


class MemberChange(BaseModel):
    """What to change; what is missing stays."""

    roles: RoleKeys | None = None
    active: bool | None = None


class AdmittedOut(BaseModel):
    """A user with the password for the first sign-in. It is shown once and stored nowhere."""

    user: MemberOut
    one_time_password: str


@router.get("/roles")
async def list_roles() -> list[RoleOut]:
    """All roles."""
    return [
        RoleOut(
            key=role.key,
            title=TextOut(de=role.de, en=role.en),
            permissions=list(role.permissions),
        )
        for role in roles.catalogue().values()
    ]


@router.get("/users")
async def list_users(session: Session) -> list[MemberOut]:
    """Everybody who can sign in for this tenant, by name."""
    return [_member(*found) for found in await users.listed(session)]


@router.post("/users", status_code=201)
async def admit_user(
    body: MemberIn, session: Session, administrator: Administrator, use: CurrentTools
) -> AdmittedOut:
    """Let somebody in, with a one-time password that must be replaced at the first sign-in."""
    password = passwords.one_time()
    new = NewUser(
        email=body.email,
        name=body.name,
        roles=tuple(body.roles),
        password_hash=await use.hashing.hash(password),
    )
    user = await users.admit(session, new, tenant_id=administrator.tenant_id)
    member = _member(*await users.get(session, user.id))
    return AdmittedOut(user=member, one_time_password=password)


@router.patch("/users/{user_id}")
async def change_user(user_id: UUID, body: MemberChange, session: Session) -> MemberOut:
    """Give other roles, or withdraw the access; tokens in use last ten minutes at most."""
    if body.roles is not None:
        await users.assign_roles(session, user_id, body.roles)
    if body.active is not None:
        await users.set_active(session, user_id, active=body.active)
        if not body.active:
            now = clock.now()
            await sessions.end_all(session, user_id, Ending.ACCESS_WITHDRAWN, now=now)
    return _member(*await users.get(session, user_id))


@router.post("/users/{user_id}/password-reset")
async def reset_password(user_id: UUID, session: Session, use: CurrentTools) -> AdmittedOut:
    """A new one-time password for somebody who has lost theirs; all their sessions end."""
    user, membership = await users.get(session, user_id)
    password, now = passwords.one_time(), clock.now()
    hashed = await use.hashing.hash(password)
    await users.set_password(session, user, hashed, by_owner=False, now=now)
    await sessions.end_all(session, user_id, Ending.PASSWORD_CHANGED, now=now)
    return AdmittedOut(user=_member(user, membership), one_time_password=password)


def _member(user: User, membership: Membership) -> MemberOut:
    return MemberOut(
        id=user.id,
        email=user.email,
        name=user.name,
        roles=sorted(membership.roles),
        active=user.active,
        must_change_password=user.must_change_password,
    )
