"""Identities, memberships, sessions and signing keys.

Users, sessions and keys are no tenant rows: they are looked up before anybody knows a tenant.
What a user may do in a tenant, the membership, is one.
"""

from alembic import op

from valero.kit.database import CURRENT_TENANT, enable_tenant_isolation
from valero.kit.migrate import create_kit_tables

revision = "2026_11_20_identities"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    create table tenants (
        id uuid not null constraint pk_tenants primary key,
        name text not null constraint ck_tenants_name check (name <> ''),
        created_at timestamptz not null default now()
    )
    """,
    """
    create table users (
        id uuid not null constraint pk_users primary key,
        email text not null
            constraint ck_users_email check (email = lower(email) and email like '%_@_%'),
        name text not null constraint ck_users_name check (name <> ''),
        password_hash text not null,
        must_change_password boolean not null,
        active boolean not null default true,
        home_tenant_id uuid not null
            constraint fk_users_home_tenant_id references tenants (id),
        created_at timestamptz not null default now(),
        password_changed_at timestamptz not null default now(),
        constraint uq_users_email unique (email)
    )
    """,
    f"""
    create table memberships (
        tenant_id uuid not null default {CURRENT_TENANT}
            constraint fk_memberships_tenant_id references tenants (id),
        user_id uuid not null constraint fk_memberships_user_id references users (id),
        roles text[] not null
            constraint ck_memberships_roles check (cardinality(roles) > 0),
        constraint pk_memberships primary key (tenant_id, user_id)
    )
    """,
    """
    create table sessions (
        id uuid not null constraint pk_sessions primary key,
        user_id uuid not null constraint fk_sessions_user_id references users (id),
        tenant_id uuid not null constraint fk_sessions_tenant_id references tenants (id),
        created_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz,
        ended_because text
            constraint ck_sessions_ended_because
            check (ended_because in ('signed_out', 'token_reused', 'password_changed',
                                     'access_withdrawn')),
        address text not null,
        agent text not null,
        constraint ck_sessions_end check ((ended_at is null) = (ended_because is null))
    )
    """,
    """
    create table refresh_tokens (
        sha256 bytea not null constraint pk_refresh_tokens primary key,
        session_id uuid not null
            constraint fk_refresh_tokens_session_id references sessions (id) on delete cascade,
        issued_at timestamptz not null,
        used_at timestamptz
    )
    """,
    """
    create table signing_keys (
        id text not null constraint pk_signing_keys primary key,
        public_key bytea not null,
        sealed_private_key bytea not null,
        created_at timestamptz not null,
        signs_from timestamptz not null,
        retires_at timestamptz
    )
    """,
    """
    create table attempts (
        bucket text not null constraint pk_attempts primary key,
        number integer not null,
        window_ends_at timestamptz not null
    )
    """,
)


def upgrade() -> None:
    create_kit_tables(op)
    for table in TABLES:
        op.execute(table)
    enable_tenant_isolation(op, "memberships")
    op.execute("create index ix_sessions_user_id on sessions (user_id) where ended_at is null")
    op.execute("create index ix_sessions_expires_at on sessions (expires_at)")
    op.execute("create index ix_refresh_tokens_session_id on refresh_tokens (session_id)")
    op.execute("create index ix_attempts_window_ends_at on attempts (window_ends_at)")
