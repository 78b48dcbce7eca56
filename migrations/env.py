"""Run by Alembic: hands it the connection that ``app.kit.migrate`` opened, locked and gave its timeouts."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run through `longwen migrate`, which takes the lock and sets the timeouts")

# Each migration is one transaction: a failing one leaves the database at the one before, whole.
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
