"""Runs the migrations on the connection that `store.migrate` passes in."""

from alembic import context

from store.schema import metadata

# Each migration is a transaction of its own, unless the connection has begun one for all of them.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
