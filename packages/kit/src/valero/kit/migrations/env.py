"""Alembic's environment for every service; `valero.kit.migrate` supplies the connection."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    version_table="schema_version",
    transaction_per_migration=True,
)

with context.begin_transaction():
    context.run_migrations()
