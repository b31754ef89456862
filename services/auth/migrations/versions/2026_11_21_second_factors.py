"""Second factors: one authenticator application per user, and recovery codes.

Like users they are no tenant rows: they are looked up while somebody signs in.
"""

from alembic import op

revision = "2026_11_21_second_factors"
down_revision = "2026_11_20_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table second_factors (
            user_id uuid not null constraint pk_second_factors primary key
                constraint fk_second_factors_user_id references users (id),
            sealed_secret bytea not null,
            created_at timestamptz not null,
            confirmed_at timestamptz,
            last_step bigint not null default 0
        )
        """
    )
    op.execute(
        """
        create table recovery_codes (
            mark bytea not null constraint pk_recovery_codes primary key,
            user_id uuid not null
                constraint fk_recovery_codes_user_id references second_factors (user_id)
                on delete cascade,
            used_at timestamptz
        )
        """
    )
    op.execute("create index ix_recovery_codes_user_id on recovery_codes (user_id)")
