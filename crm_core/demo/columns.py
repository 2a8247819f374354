"""Fast Arrow columns out of numpy arrays: ids, times, money, words from a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.demo.parameters import Chunk
from crm_core.lake import MONEY

DAY_SECONDS = 86_400


def ids(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Ids such as C-00042, one per number; written digit by digit, about 20 million a second."""
    count, size = len(numbers), len(prefix) + width
    data = np.empty((count, size), dtype=np.uint8)
    data[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(size - 1, len(prefix) - 1, -1):
        tenth = rest // 10
        data[:, place] = rest - tenth * 10 + 48
        rest = tenth
    offsets = np.arange(count + 1, dtype=np.int32) * size
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def row_ids(chunk: Chunk, prefix: str, count: int, per_customer: int) -> pa.Array:
    """Ids of `count` rows that no other slice uses."""
    return ids(prefix, chunk.numbers(count, per_customer), chunk.width(per_customer))


def pick(codes: np.ndarray, words: Sequence[str] | pa.Array, missing: np.ndarray | None = None) -> pa.DictionaryArray:
    """Words chosen by number; a row is empty where `missing` is true."""
    values = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), values)


def constant(word: str, count: int) -> pa.DictionaryArray:
    """The same word in every row."""
    return pick(np.zeros(count, dtype=np.int32), [word])


def times(seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Timestamps (microseconds, no zone) out of seconds since 1970."""
    return pa.array((seconds.astype(np.int64) * 1_000_000).view("datetime64[us]"), pa.timestamp("us"), mask=missing)


def days(numbers: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Dates out of day numbers."""
    return pa.array(numbers.astype(np.int32), mask=missing).view(pa.date32())


def reals(values: np.ndarray, decimals: int = 2) -> pa.Array:
    """Numbers rounded to `decimals`; NaN becomes empty."""
    rounded = np.round(values.astype(np.float64), decimals)
    gaps = np.isnan(rounded)
    return pa.array(rounded, mask=gaps if gaps.any() else None)


def money(cents: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Exact amounts out of whole cents (never negative)."""
    pairs = np.zeros((len(cents), 2), dtype=np.int64)
    pairs[:, 0] = cents
    exact = pa.Array.from_buffers(MONEY, len(cents), [None, pa.py_buffer(pairs)])
    return exact if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, MONEY), exact)


def flags(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Booleans."""
    return pa.array(values.astype(bool), mask=missing)


def at_hour(day: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Seconds since 1970 of a moment in working hours (7:00 to 19:00) of each day."""
    return day.astype(np.int64) * DAY_SECONDS + rng.integers(7 * 3600, 19 * 3600, len(day))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts joined without a separator, row by row."""
    return pc.binary_join_element_wise(*[_plain(part) for part in parts], "")


def _plain(part: pa.Array | str) -> pa.Array | pa.Scalar:
    if isinstance(part, str):
        return pa.scalar(part)
    return part.cast(pa.string()) if pa.types.is_dictionary(part.type) else part
