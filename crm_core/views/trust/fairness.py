"""Is the model fair to everybody? The check of the card in force or waiting, per group and never per person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from crm_core.access import Custody, Viewer, visible_entries
from crm_core.assigning import FAIRNESS
from crm_core.ledger import Kind
from crm_core.views.reading import book, current, reading, rows, told
from crm_core.views.responsible import Responsible, responsibles
from crm_core.views.trust.model import spoken


@dataclass(frozen=True)
class Rate:
    """A share of a group with its interval."""

    value: float | None = told("The share; empty where too few stand behind it.")
    low: float | None = told("Lower end of the 95 % interval (Wilson).")
    high: float | None = told("Upper end of the 95 % interval (Wilson).")
    n: int = told("Customers or leads behind it.")


@dataclass(frozen=True)
class GroupRow:
    """What the check found of one group."""

    name: str = told("The group.")
    n: int = told("Customers or leads of this group in the test.")
    flagged: Rate = told("Of them, whose chance the product calls high.")
    false_alarms: Rate = told("Flagged among those to whom it did not happen.")
    misses: Rate = told("Not flagged among those to whom it did.")
    said: float = told("Mean chance the model gave them.")
    came: Rate = told("Share to whom it happened.")


@dataclass(frozen=True)
class Difference:
    """The two groups that differ most in one measure."""

    measure: str = told("flagged or false_alarms; up or down of people's own views.")
    lowest: str = told("Group with the lower share.")
    highest: str = told("Group with the higher share.")
    ratio: float = told("The lower share divided by the higher; below 0.8 is too different.")
    p: float = told("How likely chance alone brings this about, corrected for all comparisons.")
    is_breach: bool = told("Too different, and not by chance.")


@dataclass(frozen=True)
class Guess:
    """How well the model's own signs tell a group from the others."""

    group: str = told("The group.")
    auc: float = told("Of two customers, one of the group: how often it would pick the right one; 0.5 is a coin.")
    low: float = told("Lower end of the 95 % interval.")
    high: float = told("Upper end of the 95 % interval.")
    strongest: tuple[str, ...] = told("Signs that give it away most.")


@dataclass(frozen=True)
class AttributeRow:
    """One protected attribute."""

    name: str = told("Its name, in words.")
    n_known: int = told("Customers or leads of the test of whom it is known.")
    n_unknown: int = told("Of whom it is not.")
    n_small: int = told("Groups too small to be shown by themselves.")
    why_not: str = told("Why nothing was compared.")
    groups: tuple[GroupRow, ...] = told("The groups, largest first.")
    differences: tuple[Difference, ...] = told("Where groups differ most.")
    guesses: tuple[Guess, ...] = told("Whether the model could guess it.")


@dataclass(frozen=True)
class OverrideRow:
    """How often people overruled the model for one group."""

    name: str = told("The group.")
    n: int = told("Customers or leads of this group that are asked about now.")
    up: Rate = told("Of whom somebody said it is likelier; empty for fewer than five.")
    down: Rate = told("Of whom somebody said it is less likely; empty for fewer than five.")


@dataclass(frozen=True)
class OverrideRows:
    """People's own views by the groups of one protected attribute."""

    name: str = told("The attribute.")
    n_said: int = told("Customers or leads somebody disagreed about.")
    why_not: str = told("Why nothing was compared.")
    groups: tuple[OverrideRow, ...] = told("The groups, largest first.")
    differences: tuple[Difference, ...] = told("Where groups differ too much, and not by chance.")


@dataclass(frozen=True)
class Released:
    """That a version was released."""

    version: int = told("Version of the model.")
    at: datetime = told("When (UTC).")
    who: str = told("Who released it, as far as you may see that.")
    words: str = told("Why, if you may read it.")


@dataclass(frozen=True)
class FairnessPage:
    """The section Fair to everybody? of the Model page."""

    question: str = told("churn or lead.")
    version: int = told("Version that was checked; 0 if none was.")
    is_checked: bool = told("This model was checked.")
    is_stopped: bool = told("The version that was checked waits for its release.")
    is_serving: bool = told("Another version serves meanwhile.")
    attributes: tuple[AttributeRow, ...] = told("Protected attributes, one by one.")
    overrides: tuple[OverrideRows, ...] = told("The same for what people said against the model.")
    owner_id: str = told("Employee who owns the stop; never shown.")
    owner: str | None = told("Who owns the stop.")
    acting: str | None = told("Who acts today: the owner, or the deputy while the owner is away.")
    is_owner: bool = told("You own it, or act for the owner, who is away.")
    release: Released | None = told("The release of this version, if there was one.")
    build_id: str = told("Build the figures come from.")

    @property
    def is_empty(self) -> bool:
        """No protected attribute is known, or nothing was checked."""
        return not self.attributes

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if not self.is_checked:
            return "This model was trained before the check existed. The next training checks it."
        return (
            "No protected attribute is known, such as gender or age: nobody can say whether groups are treated alike. "
            "Declare one as protected in the mapping and import again; it never enters a model."
        )

    @property
    def breaches(self) -> tuple[tuple[AttributeRow, Difference], ...]:
        """What differs too much, and not by chance."""
        return tuple((a, d) for a in self.attributes for d in a.differences if d.is_breach)

    @property
    def found(self) -> tuple[str, ...]:
        """The breaches as sentences, for the record of a release."""
        return tuple(
            f"{a.name}: {d.measure} {d.highest} against {d.lowest}, ratio {d.ratio:.2f}" for a, d in self.breaches
        )


def fairness_page(viewer: Viewer, question: str) -> FairnessPage:
    """The check of the version that waits for its release, or else of the one that serves."""
    folder, info = current()
    with reading(folder) as con:
        found = rows(con, "select card from meta.cards where question = $question", {"question": question})
        held = _owner(con, viewer)
    card = _facts(found[0]["card"] if found else "")
    stopped, own = card.get("stopped"), card.get("fairness")
    check = stopped or own or {}
    version = _count(check.get("version"))
    return FairnessPage(
        question=question,
        version=version,
        is_checked=bool(check),
        is_stopped=bool(stopped),
        is_serving=card.get("status") not in ("none", None),
        attributes=_each(_attribute, check.get("checked")),
        overrides=_each(_overridden, card.get("overrides")),
        owner_id=held.owner_id,
        owner=held.owner,
        acting=held.acting,
        is_owner=viewer.who in {held.owner_id, held.acting_id} - {""},
        release=_release(viewer, question, version, held.owner),
        build_id=info.build_id,
    )


def _owner(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> Responsible:
    """Who may release a stop."""
    return responsibles(con, viewer)[FAIRNESS]


def _release(viewer: Viewer, question: str, version: int, owner: str | None) -> Released | None:
    said = [e for e in book().entries(question=question, kinds=(Kind.RELEASE,)) if e.entity_key == str(version)]
    if not said:
        return None
    # That it was released concerns everybody; the words are for those who may read words.
    seen = visible_entries(viewer, said[-1:], lambda kind, key: Custody(None, None))
    return Released(
        version, said[-1].recorded_at, seen[0].who_name if seen else owner or "", seen[0].words if seen else ""
    )


def _facts(text: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _each(make: Any, found: object) -> tuple[Any, ...]:
    """What can be read of a list; a row of another kind is simply not known."""
    made = []
    for row in found if isinstance(found, list) else []:
        try:
            made.append(make(row))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(made)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _rate(row: Mapping[str, Any]) -> Rate:
    return Rate(row["value"], row["low"], row["high"], int(row["n"]))


def _attribute(row: Mapping[str, Any]) -> AttributeRow:
    counts = {name: int(row[name]) for name in ("n_known", "n_unknown", "n_small")}
    return AttributeRow(
        spoken(str(row["attribute"])),
        **counts,
        why_not=str(row["why_not"]),
        groups=_each(_group, row["groups"]),
        differences=_each(lambda d: Difference(**d), row["screens"]),
        guesses=_each(lambda g: Guess(**{**g, "strongest": tuple(map(str, g["strongest"]))}), row["proxies"]),
    )


def _group(row: Mapping[str, Any]) -> GroupRow:
    rates = {name: _rate(row[name]) for name in ("flagged", "false_alarms", "misses", "came")}
    return GroupRow(name=str(row["name"]), n=int(row["n"]), said=float(row["said"]), **rates)


def _overridden(row: Mapping[str, Any]) -> OverrideRows:
    groups = _each(lambda g: OverrideRow(str(g["name"]), int(g["n"]), _rate(g["up"]), _rate(g["down"])), row["groups"])
    differences = _each(lambda d: Difference(**d), row["screens"])
    return OverrideRows(spoken(str(row["attribute"])), int(row["n_said"]), str(row["why_not"]), groups, differences)
