"""Controls of Explore: what is chosen stands in the address; what cannot be chosen is said and left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st

from crm_core.views import explore
from pages._kit import measured, state, words

KEYS = ("measure", "split", "period", "from", "to", "team", "region", "segment", "product", "source", "picture")
NO_SPLIT = "none"
SPLITS = {
    "team": "team",
    "region": "region",
    "segment": "segment",
    "product_line": "product",
    "source_channel": "source",
    "owner": "owner",
}
PERIODS = {f"Last {n} months": n for n in (3, 6, 12, 24)}
BETWEEN = "From – to"
FIRST = "arr"
OVER_TIME = "Over time"
PICTURES = (OVER_TIME, "Total")
FILTERS = ("team", "region", "segment", "product_line", "source_channel")


@dataclass(frozen=True)
class Chosen:
    """What the controls say."""

    choice: explore.ExploreChoice
    period: str
    filters: Mapping[str, tuple[str, ...]]
    remarks: tuple[str, ...]

    @property
    def filter_words(self) -> str:
        """The filters that count, in words."""
        said = [f"{name}: {', '.join(values)}" for name, values in self.filters.items() if values]
        return "; ".join(said) or "none"


@dataclass
class _Desk:
    """The controls as they are put down one by one, with what could not be taken from the address."""

    choices: explore.ExploreChoices
    remarks: list[str] = field(default_factory=list)

    def one(self, key: str, label: str, options: Mapping[str, str], default: str) -> str:
        """A choice of one; what the address asks for and is not on offer is replaced by the default, and said."""
        asked = st.query_params.get(key)
        if asked is not None and asked not in options.values():
            self.remarks.append(f"“{asked}” cannot be chosen as {label.lower()}: {options[default]} is shown instead.")
        if st.session_state.get(key, default) not in options:
            st.session_state[key] = default
        got = st.selectbox(
            label,
            list(options),
            index=list(options).index(default),
            format_func=lambda code: options.get(code, code),
            key=key,
            bind="query-params",
        )
        return got if got in options else default

    def several(self, key: str, label: str, values: Sequence[str], *, is_known: bool) -> tuple[str, ...]:
        """A choice of several; what is not on offer is left out, and said."""
        gone = [value for value in st.query_params.get_all(key) if value not in values]
        if gone:
            self.remarks.append(f"No {label.lower()} is called {', '.join(f'“{v}”' for v in gone)}: left out.")
        state.only(key, values)
        got = st.multiselect(
            label,
            values,
            key=key,
            bind="query-params",
            placeholder=f"All {label.lower()}s" if is_known else "does not apply",
            disabled=not is_known,
            label_visibility="collapsed",
        )
        if got and not is_known:
            self.remarks.append(f"This measure knows nothing of a {label.lower()}, so that filter does not count.")
        return tuple(got) if is_known else ()


def controls(choices: explore.ExploreChoices) -> Chosen:
    """All controls, and what they say."""
    state.recall("explore", KEYS)
    desk = _Desk(choices)
    if state.is_phone():
        with st.expander("Choose", key="choose"):
            chosen = _controls(desk)
    else:
        chosen = _controls(desk)
    state.keep("explore", KEYS)
    return chosen


def _controls(desk: _Desk) -> Chosen:
    known = {m.key: m for m in desk.choices.measures}
    is_wide = not state.is_phone()
    with st.container(horizontal=is_wide, vertical_alignment="bottom", key="chosen_measure"):
        default = FIRST if FIRST in known else next(iter(known))
        about = known[desk.one("measure", "Measure", {key: m.title for key, m in known.items()}, default)]
        offered = {NO_SPLIT: NO_SPLIT, **{code: name for code, name in SPLITS.items() if code in about.splits}}
        split = desk.one("split", "Split by", offered, NO_SPLIT)
        first, last, period = _period(desk)
    with st.container(horizontal=is_wide, vertical_alignment="bottom", key="chosen_filters"):
        filters = {
            SPLITS[code]: desk.several(
                SPLITS[code],
                SPLITS[code].capitalize(),
                desk.choices.values.get(code, ()),
                is_known=code in about.splits,
            )
            for code in FILTERS
        }
    if st.query_params.get("picture", OVER_TIME) not in PICTURES:
        desk.remarks.append(f"There is no such picture: “{OVER_TIME}” is shown instead.")
    return Chosen(
        explore.ExploreChoice(
            about.key,
            None if split == NO_SPLIT else split,
            first,
            last,
            explore.MeasureFilter(*(filters[SPLITS[code]] for code in FILTERS)),
        ),
        period,
        filters,
        _lasting(tuple(desk.remarks)),
    )


def _period(desk: _Desk) -> tuple[int, int, str]:
    """Oldest and newest month counted back, and the period in words."""
    options = {name: name for name in (*PERIODS, BETWEEN)}
    period = desk.one("period", "Period", options, "Last 12 months")
    if period != BETWEEN:
        return PERIODS[period] - 1, 0, period
    months = [month(day) for day in desk.choices.months]
    if not months:
        return 0, 0, period
    labels = {name: name for name in months}
    ends = (
        months.index(desk.one("from", "From", labels, months[min(11, len(months) - 1)])),
        months.index(desk.one("to", "To", labels, months[0])),
    )
    first, last = max(ends), min(ends)
    return first, last, f"{months[first]} – {months[last]}"


def _lasting(remarks: tuple[str, ...]) -> tuple[str, ...]:
    """Remarks stay until something else is chosen: the address is mended at once, a reader needs a moment."""
    at = st.session_state
    now = repr([at.get(key) for key in KEYS if key != "picture"])
    if remarks:
        at["_explore_remarks"] = (now, remarks)
    of, kept = at.get("_explore_remarks", ("", ()))
    return tuple(kept) if of == now else remarks


def month(day: date) -> str:
    """A month by the day it ends on: 'Jun 2026'."""
    return f"{words.MONTHS[day.month - 1]} {day.year}"


def title(page: explore.ExplorePage) -> str:
    """What is looked at: 'Deals won by team'."""
    return page.about.title + (f" by {SPLITS[page.split]}" if page.split else "")


def called(page: explore.ExplorePage, line: explore.Line) -> str:
    """How a group is called."""
    return line.group or f"no {SPLITS.get(page.split or '', 'group')}"


def unit(page: explore.ExplorePage, currency: str) -> str:
    """The unit of the figures, in words."""
    sign = words.SIGNS.get(currency, currency)
    return {"percent": "%", "money": sign, "ratio": measured.TIMES, "count": "number"}.get(
        page.about.unit, page.about.unit
    )
