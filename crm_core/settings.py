"""Typed settings. Everything can be set by environment (prefix CRM_) or a .env file."""

from __future__ import annotations

import json
import math
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an installation may choose."""

    model_config = SettingsConfigDict(env_prefix="CRM_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(ROOT / "data", description="Folder of lake, warehouse, models and ledger.")
    port: int = Field(8501, description="Port of the dashboard.")
    host: str = Field("127.0.0.1", description="Address to listen on; the demo's persona switch needs localhost.")
    ledger_url: str = Field("", description="SQLAlchemy URL of the ledger; default: SQLite in the data folder.")
    currency: str = Field("EUR", description="Currency in which money is shown.")
    rates: Annotated[dict[str, float], NoDecode] = Field(
        {}, description='What one unit of another currency is worth in the shown one: `{"USD": 0.92}`.'
    )
    quarter_targets: Annotated[dict[str, float], NoDecode] = Field(
        {}, description='Money each team wants to win in a quarter: `{"DACH": 250000}`.'
    )
    churn_definition: Literal["contract", "inactivity"] = Field(
        "contract", description="contract: a subscription ends or is cancelled; inactivity: no order for some days."
    )
    inactivity_days: int = Field(90, description="Days without an order that count as having left.")
    max_bad_share: float = Field(0.05, description="Share of bad rows above which a batch is refused.")
    override_days: int = Field(60, description="Days a disagreement stays in force unless said otherwise.")
    answer_days: int = Field(3, ge=1, description="Days within which a steward answers a disagreement.")
    first_view_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of scores whose owner is asked for his own view before he sees the model's; 0: never.",
    )
    retrain_days: int = Field(30, description="A model older than this many days (by as-of date) is trained again.")
    fairness_owner: str = Field(
        "",
        description="Id of the employee who may release a model that the fairness check stopped, unless an admin has "
        "assigned somebody on Responsibilities; default: the first admin, else the first steward.",
    )
    keep_builds: int = Field(3, description="How many earlier builds are kept.")
    memory_limit: str = Field("2GB", description="Memory that DuckDB may use.")
    threads: int = Field(2, description="Threads for DuckDB and XGBoost.")

    @field_validator("rates", "quarter_targets", mode="before")
    @classmethod
    def _read_object(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            return json.loads(given or "{}")
        except ValueError:
            raise ValueError('not a JSON object such as {"USD": 0.92}') from None

    @field_validator("rates")
    @classmethod
    def _check_rates(cls, given: dict[str, float]) -> dict[str, float]:
        wrong = [code for code in given if not re.fullmatch("[A-Za-z]{3}", code)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not the three letters of a currency")
        return _positive({code.upper(): rate for code, rate in given.items()})

    @field_validator("quarter_targets")
    @classmethod
    def _check_targets(cls, given: dict[str, float]) -> dict[str, float]:
        return _positive(given)

    @property
    def money(self) -> dict[str, Any]:
        """What a build needs to know to add up money, as dbt variables."""
        return {"currency": self.currency, "rates": self.rates, "quarter_targets": self.quarter_targets}

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


def _positive(given: dict[str, float]) -> dict[str, float]:
    wrong = [name for name, value in given.items() if not (math.isfinite(value) and value > 0)]
    if wrong:
        raise ValueError(f"the number of {wrong[0]!r} must be above zero")
    return given


def settings() -> Settings:
    """Settings as the environment and the .env file have them now."""
    own = tuple(sorted((name, value) for name, value in os.environ.items() if name[:4].upper() == "CRM_"))
    return _settings(own, _written(Settings.model_config.get("env_file")))


@lru_cache(maxsize=8)
def _settings(_own: tuple[tuple[str, str], ...], _file: tuple[str, int, int] | None) -> Settings:
    # A page asks several times a run, and reading everything anew takes milliseconds.
    return Settings()


def _written(env_file: object) -> tuple[str, int, int] | None:
    """Which .env file it is, and when it was last written."""
    if not isinstance(env_file, str):
        return None
    path = Path(env_file).absolute()
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size
