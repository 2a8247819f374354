"""The theme: colours keep their meaning and words stay legible (WCAG 2.2, AA)."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from streamlit import config

from tests.house.reading import read

CONFIG: dict[str, Any] = tomllib.loads(read(".streamlit/config.toml"))
TEXT, SIGN = 4.5, 3.0
NAMES = ("gray", "blue", "red", "orange", "yellow", "green", "violet")
MEANING = {
    "grayColor": "#475569",
    "blueColor": "#0072B2",
    "redColor": "#D55E00",
    "orangeColor": "#E69F00",
    "greenColor": "#009E73",
}


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def illegible(theme: dict[str, Any]) -> list[str]:
    """Pairs of a theme's colours that people could not read."""
    sheets = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    pairs = [(theme[key], sheet, TEXT) for key in ("textColor", "linkColor") for sheet in sheets]
    pairs += [(theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"], TEXT)]
    # Streamlit writes white on the primary colour.
    pairs += [("#FFFFFF", theme["primaryColor"], TEXT), (theme["primaryColor"], theme["backgroundColor"], SIGN)]
    for name in NAMES:
        word = theme[f"{name}TextColor"]
        pairs += [(word, sheet, TEXT) for sheet in (*sheets, theme[f"{name}BackgroundColor"])]
    return [f"{a} on {b}: {contrast(a, b):.2f} < {least}" for a, b, least in pairs if contrast(a, b) < least]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_reach_aa_on_what_they_stand_on(name: str) -> None:
    assert illegible(CONFIG["theme"][name]) == []


def test_colours_keep_their_meaning() -> None:
    light = CONFIG["theme"]["light"]
    assert {key: light[key] for key in MEANING} == MEANING
    assert light["chartCategoricalColors"][:5] == list(MEANING.values())


def test_streamlit_knows_every_option() -> None:
    def options(table: dict[str, Any], prefix: str = "") -> list[str]:
        nested = [options(v, f"{prefix}{k}.") if isinstance(v, dict) else [f"{prefix}{k}"] for k, v in table.items()]
        return [name for names in nested for name in names]

    assert set(options(CONFIG)) - set(config._config_options_template) == set()


def test_nothing_is_reported_home() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_pale_words_are_noticed() -> None:
    light = CONFIG["theme"]["light"]
    assert illegible({**light, "textColor": "#999999"})
    assert illegible({**light, "orangeTextColor": "#E69F00"})
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
