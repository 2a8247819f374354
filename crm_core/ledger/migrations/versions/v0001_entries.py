"""Entries, append-only: triggers refuse to change or remove what was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_core.errors import LedgerError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSAL = "the ledger is append-only"

# REPLACE deletes without firing DELETE triggers, so a collision is refused before it can replace anything.
SQLITE = (
    f"CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"""CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries
        WHEN EXISTS (SELECT 1 FROM entries
                     WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key OR seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)

POSTGRESQL = (
    f"""CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON entries
        FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
)


def upgrade() -> None:
    """Create the table, its indexes and its triggers."""
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("who_name", sa.String(200), nullable=False),
        sa.Column("who_role", sa.String(40), nullable=False),
        sa.Column("who_team", sa.String(400), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("entity_kind", sa.String(40), nullable=False),
        sa.Column("entity_key", sa.String(400), nullable=False),
        sa.Column("belief", sa.String(40)),
        sa.Column("probability", sa.Float),
        sa.Column("reason_code", sa.String(60)),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("withdraws_id", sa.String(36)),
        sa.Column("idempotency_key", sa.String(400), nullable=False, unique=True),
        sa.Column("shown_json", sa.Text, nullable=False),
        sa.CheckConstraint("probability IS NULL OR (probability >= 0 AND probability <= 1)", name="probability_0_1"),
        sqlite_autoincrement=True,
    )
    op.create_index("entries_by_entity", "entries", ["entity_key", "question"])
    op.create_index("entries_by_person", "entries", ["who"])
    op.create_index("entries_by_withdrawal", "entries", ["withdraws_id"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back: it would delete what people said."""
    raise LedgerError(
        "The ledger does not go back", why="it is append-only", remedy="restore a copy of its file instead"
    )
