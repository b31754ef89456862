"""Users, the tenants they belong to, and what they may do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth import roles
from valero.auth.models import Membership, Tenant, User
from valero.kit import audit, clock, database
from valero.kit.auth import Principal
from valero.kit.database import CURRENT_TENANT
from valero.kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound

TURN = text(
    f"select pg_advisory_xact_lock(hashtextextended('auth.members ' || {CURRENT_TENANT}, 0))"
)


class UserNotFound(NotFound):
    """No such user in this tenant."""


class EmailTaken(Conflict):
    """Somebody signs in with this address already."""


class EmailInvalid(Invalid):
    """Not of the form name@place."""


class AccessWithdrawn(Forbidden):
    """The user exists, but not (any more) for this tenant."""

    title_de = "Zugang entzogen"
    title_en = "Access withdrawn"


class LastAdministrator(Conflict):
    """Without this user nobody could administer the tenant."""


@dataclass(frozen=True)
class Identity:
    """A user in one tenant, as the access token and the interface describe them."""

    user_id: UUID
    tenant_id: UUID
    tenant_name: str
    name: str
    email: str
    roles: tuple[str, ...]
    must_change_password: bool

    @property
    def permissions(self) -> tuple[str, ...]:
        """What the roles allow together; nothing until the first password has been replaced."""
        return () if self.must_change_password else roles.permissions_of(self.roles)

    def principal(self, session_id: UUID) -> Principal:
        """The same person as kit names the one who acts."""
        return Principal(
            user_id=self.user_id,
            tenant_id=self.tenant_id,
            name=self.name,
            email=self.email,
            roles=self.roles,
            permissions=frozenset(self.permissions),
            session_id=str(session_id),
            must_change_password=self.must_change_password,
        )


@dataclass(frozen=True)
class NewUser:
    """What is needed to let somebody in; `password_hash` is the hash of a one-time password."""

    email: str
    name: str
    roles: tuple[str, ...]
    password_hash: str


def normalised_email(email: str) -> str:
    """One spelling per mailbox: no spaces around it, lower case."""
    return email.strip().lower()


async def find_by_email(session: AsyncSession, email: str) -> User | None:
    """The user who signs in with `email`, in any tenant."""
    return await session.scalar(select(User).where(User.email == normalised_email(email)))


async def identity(session: AsyncSession, user: User) -> Identity:
    """`user` in the tenant of the session's transaction. Raises AccessWithdrawn."""
    membership = await session.scalar(select(Membership).where(Membership.user_id == user.id))
    if membership is None or not user.active:
        raise AccessWithdrawn(
            de="Ihr Zugang zu diesem Mandanten wurde entzogen.",
            en="Your access to this tenant has been withdrawn.",
        )
    tenant = await session.get_one(Tenant, membership.tenant_id)
    return Identity(
        user_id=user.id,
        tenant_id=tenant.id,
        tenant_name=tenant.name,
        name=user.name,
        email=user.email,
        roles=tuple(sorted(membership.roles)),
        must_change_password=user.must_change_password,
    )


async def get_identity(session: AsyncSession, user_id: UUID) -> Identity:
    """The user `user_id` in the tenant of the transaction. Raises AccessWithdrawn."""
    return await identity(session, await session.get_one(User, user_id))


async def get(session: AsyncSession, user_id: UUID) -> tuple[User, Membership]:
    """A user whose home is the transaction's tenant, with their membership. Raises UserNotFound.

    A guest from another tenant is not found: nobody resets a password that opens another company.
    """
    statement = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.home_tenant_id == Membership.tenant_id)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise UserNotFound(de="Diesen Benutzer gibt es nicht.", en="There is no such user.")
    return found[0], found[1]


async def listed(session: AsyncSession) -> Sequence[tuple[User, Membership]]:
    """Everybody in the transaction's tenant, by name."""
    statement = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .order_by(User.name, User.id)
    )
    return [(user, membership) for user, membership in await session.execute(statement)]


async def found_tenant(session: AsyncSession, name: str) -> Tenant:
    """A new tenant; the rest of the transaction acts for it."""
    tenant = Tenant(id=clock.new_id(), name=name, created_at=clock.now())
    session.add(tenant)
    await session.flush()
    await database.enter_tenant(session, tenant.id)
    return tenant


async def admit(session: AsyncSession, new: NewUser, *, tenant_id: UUID) -> User:
    """A new user of the transaction's tenant, who must change the password at first.

    Raises EmailInvalid, EmailTaken or RoleUnknown.
    """
    email = normalised_email(new.email)
    name, _, place = email.partition("@")
    if not name or not place or "@" in place or any(c.isspace() for c in email):
        de, en = "Das ist keine E-Mail-Adresse.", "This is not an e-mail address."
        raise EmailInvalid(de=de, en=en, errors=[FieldError("/email", "email_invalid", de, en)])
    if await find_by_email(session, email) is not None:
        raise EmailTaken(
            de="Mit dieser E-Mail-Adresse meldet sich schon jemand an.",
            en="Somebody signs in with this e-mail address already.",
        )
    roles.check_known(new.roles)
    now = clock.now()
    user = User(
        id=clock.new_id(),
        email=email,
        name=new.name,
        password_hash=new.password_hash,
        must_change_password=True,
        active=True,
        home_tenant_id=tenant_id,
        created_at=now,
        password_changed_at=now,
    )
    session.add(user)
    await session.flush()
    session.add(Membership(user_id=user.id, roles=sorted(set(new.roles))))
    await session.flush()
    after = {"email": email, "name": new.name, "roles": sorted(set(new.roles))}
    await audit.record(session, "user_admitted", str(user.id), after=after)
    return user


async def assign_roles(session: AsyncSession, user_id: UUID, keys: Sequence[str]) -> None:
    """Replace the roles of a user. Raises UserNotFound, RoleUnknown or LastAdministrator."""
    roles.check_known(keys)
    await _take_turn(session)
    _, membership = await get(session, user_id)
    before, after = sorted(membership.roles), sorted(set(keys))
    if before == after:
        return
    membership.roles = after
    await session.flush()
    await _check_administered(session)
    await audit.record(session, "roles_assigned", str(user_id), before=before, after=after)


async def set_active(session: AsyncSession, user_id: UUID, *, active: bool) -> None:
    """Let a user in or keep them out. Raises UserNotFound or LastAdministrator."""
    await _take_turn(session)
    user, _ = await get(session, user_id)
    if user.active == active:
        return
    user.active = active
    await session.flush()
    await _check_administered(session)
    action = "access_restored" if active else "access_withdrawn"
    await audit.record(session, action, str(user_id))


async def set_password(
    session: AsyncSession, user: User, password_hash: str, *, by_owner: bool, now: datetime
) -> None:
    """Store a new hash; unless it was chosen by its owner it must be changed at once."""
    user.password_hash = password_hash
    user.must_change_password = not by_owner
    user.password_changed_at = now
    await session.flush()
    action = "password_changed" if by_owner else "password_reset"
    await audit.record(session, action, str(user.id))


async def count_all(session: AsyncSession) -> int:
    """How many users there are in the whole installation."""
    return await session.scalar(select(func.count()).select_from(User)) or 0


async def administrators(session: AsyncSession) -> int:
    """How many active users of the transaction's tenant may administer it."""
    statement = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(User.active, Membership.roles.contains([roles.ADMINISTRATION]))
    )
    return await session.scalar(statement) or 0


async def _take_turn(session: AsyncSession) -> None:
    """Two administrators who remove each other at the same time must not both succeed."""
    await session.execute(TURN)


async def _check_administered(session: AsyncSession) -> None:
    if await administrators(session) == 0:
        raise LastAdministrator(
            de="Mindestens ein aktiver Benutzer braucht die Rolle Administration.",
            en="At least one active user needs the role Administration.",
        )
