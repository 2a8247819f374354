"""Runs migrations on the connection, and inside the transaction, that `crm_core.ledger.engine` hands over."""

from __future__ import annotations

from alembic import context

from crm_core.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
