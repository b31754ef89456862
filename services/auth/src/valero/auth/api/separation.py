"""The report of people and roles that join duties which should be kept apart."""

from collections.abc import Collection
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from valero.auth import roles, separation, users
from valero.auth.api.administration import ADMINISTER
from valero.auth.api.texts import TextOut
from valero.auth.separation import Conflict, Duty
from valero.kit.auth import require
from valero.kit.database import Session

router = APIRouter(prefix="/api/auth", tags=["separation"], dependencies=[require(ADMINISTER)])


class DutyOut(BaseModel):
    """One of the two duties."""

    key: str
    title: TextOut
    permissions: list[str] = Field(description="each is enough; empty until a service has one")


class ConflictOut(BaseModel):
    """Two duties that one person should not join."""

    duties: tuple[DutyOut, DutyOut]
    reason: TextOut


class RoleConflictsOut(BaseModel):
    """A role that joins duties by itself."""

    key: str
    title: TextOut
    conflicts: list[ConflictOut]


class UserConflictsOut(BaseModel):
    """A user whose roles together join duties."""

    id: UUID
    name: str
    email: str
    roles: list[str]
    conflicts: list[ConflictOut]


class SeparationOut(BaseModel):
    """The rules, and everything that breaks them now."""

    rules: list[ConflictOut]
    roles: list[RoleConflictsOut]
    users: list[UserConflictsOut] = Field(description="active users only")


@router.get("/separation-of-duties")
async def report_separation_of_duties(session: Session) -> SeparationOut:
    """Who can do alone what takes two, for the description of the internal controls (GoBD)."""
    found_roles = [
        RoleConflictsOut(key=role.key, title=TextOut(de=role.de, en=role.en), conflicts=broken)
        for role in roles.catalogue().values()
        if (broken := _broken(role.permissions))
    ]
    found_users = [
        UserConflictsOut(
            id=user.id,
            name=user.name,
            email=user.email,
            roles=sorted(membership.roles),
            conflicts=broken,
        )
        for user, membership in await users.listed(session)
        if user.active and (broken := _broken(roles.permissions_of(membership.roles)))
    ]
    rules = [_out(conflict) for conflict in separation.conflicts()]
    return SeparationOut(rules=rules, roles=found_roles, users=found_users)


def _broken(permissions: Collection[str]) -> list[ConflictOut]:
    return [_out(conflict) for conflict in separation.conflicts_of(permissions)]


def _out(conflict: Conflict) -> ConflictOut:
    return ConflictOut(
        duties=(_duty(conflict.first), _duty(conflict.second)),
        reason=TextOut(de=conflict.de, en=conflict.en),
    )


def _duty(duty: Duty) -> DutyOut:
    return DutyOut(
        key=duty.key,
        title=TextOut(de=duty.de, en=duty.en),
        permissions=sorted(duty.permissions),
    )
