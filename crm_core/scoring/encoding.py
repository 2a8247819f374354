"""The feature contract: how columns of the matrix become numbers for the model, and back.

Text becomes one column per frequent level (at most 12) plus "other"; empty stays missing everywhere.
SHAP values of these columns are summed per original feature.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

MAX_LEVELS = 12


@dataclass(frozen=True)
class EncodedFeature:
    """One feature of the contract: numeric, or text with its levels. `monotone` is -1, 0 or 1."""

    name: str
    levels: tuple[str, ...] | None
    monotone: int = 0

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return 1 if self.levels is None else len(self.levels) + 1


@dataclass(frozen=True)
class FeatureContract:
    """What a model expects, in order."""

    features: tuple[EncodedFeature, ...]

    @property
    def owners(self) -> np.ndarray:
        """For every encoded column the position of its feature, shape (n_columns,)."""
        return np.repeat(np.arange(len(self.features)), [f.width for f in self.features])

    @property
    def columns(self) -> list[str]:
        """Neutral names of the encoded columns: the bulk explainer and XGBoost forbid some characters."""
        return [f"f{i}" for i in range(len(self.owners))]

    @property
    def monotone(self) -> tuple[int, ...]:
        """Monotone constraint per encoded column."""
        return tuple(f.monotone for f in self.features for _ in range(f.width))

    def hash(self) -> str:
        """Short fingerprint of the contract."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """Plain text form."""
        return json.dumps([asdict(f) for f in self.features], ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> FeatureContract:
        """Read the plain text form."""
        features = []
        for row in json.loads(text):
            levels = None if row["levels"] is None else tuple(row["levels"])
            features.append(EncodedFeature(row["name"], levels, row["monotone"]))
        return FeatureContract(tuple(features))

    def encode(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Numbers for the model.

        Parameters
        ----------
        frame : DataFrame, shape (n_rows, …)
            Must hold every feature of the contract; a column that is absent counts as missing.

        Returns
        -------
        DataFrame, shape (n_rows, n_columns), float32
            NaN where a value is missing.
        """
        parts: list[np.ndarray] = []
        for feature in self.features:
            values = frame[feature.name] if feature.name in frame else pd.Series(np.nan, index=frame.index)
            parts.append(_numbers(values) if feature.levels is None else _levels(values, feature.levels))
        data = np.concatenate(parts, axis=1) if parts else np.empty((len(frame), 0), dtype=np.float32)
        return pd.DataFrame(data, columns=self.columns, index=frame.index)


def _numbers(values: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float32)[:, None]


def _levels(values: pd.Series, levels: tuple[str, ...]) -> np.ndarray:
    missing = values.isna().to_numpy()
    codes = pd.Index(levels, dtype="object").get_indexer(pd.Index(values, dtype="object"))
    codes = np.where(codes < 0, len(levels), codes)
    out = np.zeros((len(values), len(levels) + 1), dtype=np.float32)
    out[np.arange(len(values)), codes] = 1.0
    out[missing] = np.nan
    return out


def make_contract(train: pd.DataFrame, used: list[str], monotone: dict[str, int]) -> FeatureContract:
    """Contract of the features used, levels taken from the training rows only."""
    features = []
    for name in used:
        column = train[name]
        if pd.api.types.is_numeric_dtype(column):
            features.append(EncodedFeature(name, None, monotone.get(name, 0)))
        else:
            frequent = column.dropna().astype(str).value_counts()
            levels = sorted(frequent.index[:MAX_LEVELS])
            features.append(EncodedFeature(name, tuple(levels)))
    return FeatureContract(tuple(features))
