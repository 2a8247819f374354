"""Text of any length: PostgreSQL refused what SQLite stored, e.g. the teams of somebody who leads many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_core.errors import LedgerError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = (
    *("who", "who_name", "who_role", "who_team", "question", "entity_kind", "entity_key"),
    *("belief", "reason_code", "idempotency_key"),
)


def upgrade() -> None:
    """Lift the limits where the database enforces any; no row is touched."""
    if op.get_bind().dialect.name == "postgresql":
        for column in COLUMNS:
            op.alter_column("entries", column, type_=sa.String())


def downgrade() -> None:
    """There is no way back: what is longer would be cut off."""
    raise LedgerError(
        "The ledger does not go back", why="it is append-only", remedy="restore a copy of its file instead"
    )
