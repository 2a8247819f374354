"""The tables as the code sees them; how they came to be is in `migrations`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Float, Integer, MetaData, String, Table, Text

HEAD = "0002"
"""Newest migration; a test compares it with the scripts."""

metadata = MetaData()

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("recorded_at", DateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("who", String, nullable=False),
    Column("who_name", String, nullable=False),
    Column("who_role", String, nullable=False),
    Column("who_team", String, nullable=False),
    Column("question", String, nullable=False),
    Column("entity_kind", String, nullable=False),
    Column("entity_key", String, nullable=False),
    Column("belief", String),
    Column("probability", Float),
    Column("reason_code", String),
    Column("words", Text, nullable=False),
    Column("expires_on", Date),
    Column("withdraws_id", String(36)),
    Column("idempotency_key", String, nullable=False, unique=True),
    Column("shown_json", Text, nullable=False),
    sqlite_autoincrement=True,
)
