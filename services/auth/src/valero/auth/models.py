"""Tables of auth. Only memberships are tenant rows; the rest is found before a tenant is known."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from valero.kit import database


class Base(DeclarativeBase):
    """All tables of auth."""

    metadata = database.metadata()
    type_annotation_map = database.TYPES


class Ending(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - not a secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ACCESS_WITHDRAWN = "access_withdrawn"


class Tenant(Base):
    """A company that keeps its books here (Mandant)."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class User(Base):
    """A person who can sign in. The e-mail address is unique in the whole installation."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool]
    active: Mapped[bool]
    home_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class Membership(database.TenantRow, Base):
    """Which roles a user has in a tenant."""

    __tablename__ = "memberships"

    tenant_id: Mapped[UUID] = mapped_column(
        ForeignKey("tenants.id"), primary_key=True, server_default=text(database.CURRENT_TENANT)
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class SignInSession(Base):
    """One sign-in on one device; all its refresh tokens are one family."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id", "user_id", postgresql_where=text("ended_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    address: Mapped[str]
    agent: Mapped[str]


class RefreshToken(Base):
    """The hash of a token that was given out; the token itself is nowhere but with its owner."""

    __tablename__ = "refresh_tokens"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The secret shared with a user's authenticator application; it counts once confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed_secret: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger(), server_default=text("0"))


class RecoveryCode(Base):
    """A keyed hash of a code that replaces the authenticator application once."""

    __tablename__ = "recovery_codes"

    mark: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("second_factors.user_id", ondelete="CASCADE"), index=True
    )
    used_at: Mapped[datetime | None]


class SigningKey(Base):
    """A key pair for access tokens; the private half is encrypted with the service's secret."""

    __tablename__ = "signing_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    sealed_private_key: Mapped[bytes]
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    retires_at: Mapped[datetime | None]


class Attempts(Base):
    """How often something was tried in a window of time; the bucket's name is a keyed hash."""

    __tablename__ = "attempts"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
