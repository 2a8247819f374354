"""Typed settings. Everything can be set by environment (prefix CRM_) or a .env file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an installation may choose."""

    model_config = SettingsConfigDict(env_prefix="CRM_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(ROOT / "data", description="Folder of lake, warehouse, models and ledger.")
    port: int = Field(8501, description="Port of the dashboard.")
    host: str = Field("127.0.0.1", description="Address to listen on; the demo's persona switch needs localhost.")
    ledger_url: str = Field("", description="SQLAlchemy URL of the ledger; default: SQLite in the data folder.")
    currency: str = Field("EUR", description="Currency in which money is shown.")
    churn_definition: Literal["contract", "inactivity"] = Field(
        "contract", description="contract: a subscription ends or is cancelled; inactivity: no order for some days."
    )
    inactivity_days: int = Field(90, description="Days without an order that count as having left.")
    max_bad_share: float = Field(0.05, description="Share of bad rows above which a batch is refused.")
    override_days: int = Field(60, description="Days a disagreement stays in force unless said otherwise.")
    retrain_days: int = Field(30, description="A model older than this many days (by as-of date) is trained again.")
    keep_builds: int = Field(3, description="How many earlier builds are kept.")
    memory_limit: str = Field("2GB", description="Memory that DuckDB may use.")
    threads: int = Field(2, description="Threads for DuckDB and XGBoost.")

    @property
    def lake_dir(self) -> Path:
        return self.data_dir / "lake"

    @property
    def warehouse_dir(self) -> Path:
        return self.data_dir / "warehouse"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def scores_dir(self) -> Path:
        return self.data_dir / "scores"

    @property
    def truth_dir(self) -> Path:
        """Known truth of the demo company: for tests and benchmarks only, never for the pipeline."""
        return self.data_dir / "demo_truth"

    @property
    def ledger_dsn(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.data_dir / 'ledger' / 'ledger.db'}"


def settings() -> Settings:
    """Settings as the environment has them now."""
    return Settings()
