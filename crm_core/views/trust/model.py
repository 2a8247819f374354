"""The Model page: how far a model can be trusted, from its card, for a manager first."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.settings import settings
from crm_core.views.frame import SilentFeed
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.responsible import feed_asks
from crm_core.views.trust.card import CardFacts, Level, PeopleTold, Top, telling

FEATURES = {"churn": "feat_customer", "lead": "feat_lead"}
CUSTOM = "custom: "
FEW = 100
KINDS = (
    ("protected", "protected"),
    ("known only after", "after"),
    ("always empty", "empty"),
    ("constant", "constant"),
    ("suspected leak", "leak"),
    ("a key", "key"),
)


@dataclass(frozen=True)
class Driver:
    """Something the scores rest on, over all customers or leads."""

    label: str = told("What it is, in business words.")
    share: float = told("Its share of what moves the scores, all signs together making 1.")
    window: str = told("Over which time it looks.")
    feed: str = told("Where it comes from.")
    misleads: str = told("How it may mislead.")


@dataclass(frozen=True)
class LeftOut:
    """Something the model may not use."""

    label: str = told("What it is, in business words.")
    kind: str = told("protected, after, empty, constant, leak, key or other.")
    reason: str = told("Why it is left out.")


@dataclass(frozen=True)
class BlindSpot:
    """A silent stream, and how much the model rests on it."""

    feed: SilentFeed = told("The stream that has gone silent.")
    n_signs: int = told("Signs of the model that rest on it.")


@dataclass(frozen=True)
class Unlogged:
    """A source through which some colleagues do not log."""

    title: str = told("Name of the source.")
    owners: tuple[str, ...] = told("Whom to ask, by name; pseudonyms for those who do not see persons.")


@dataclass(frozen=True)
class ModelPage:
    """Everything the Model page shows of one question."""

    question: str = told("churn or lead.")
    status: str = told("model, none (nothing worth using was found), damaged or absent.")
    reason: str = told("Why there is no model, or why this one was chosen.")
    note: str = told("What the build decided about training.")
    version: int = told("Version of the model.")
    trained_on: date | None = told("Newest day the model has seen.")
    age_days: int | None = told("Days of data since then.")
    retrain_on: date | None = told("Day of data from which the next build trains again.")
    retrain_days: int = told("Age in days at which a model is trained again.")
    split: str = told("time: tested on later days; folds: tested on customers left out.")
    n_train: int = told("Cases it learned from: one customer or lead on one day.")
    n_calibrate: int = told("Cases its chances were put right on.")
    n_test: int = told("Cases it was tested on, none of which it had seen.")
    entities_test: int = told("Customers or leads it was tested on; 0 where the card does not say.")
    positives_test: int = told("Test cases for which it came true.")
    n_entities: int = told("Customers or leads whose outcome is known.")
    positive_entities: int = told("How many of them left (or bought).")
    min_positives: int = told("How many outcomes a model needs at least; 0 where the card does not say.")
    min_negatives: int = told("How many without the outcome a model needs at least.")
    base_rate: float | None = told("Usual chance within 90 days.")
    periods: tuple[date | None, ...] = told("First and last day of training, first and last of the test.")
    figures: dict[str, float | None] = told("Figures for analysts, by name.")
    trees: int = told("Trees of the model.")
    contract_hash: str = told("Fingerprint of the features and how they are encoded.")
    n_features: int = told("Signs the model uses.")
    levels: tuple[Level, ...] = told("What was said against what came, in groups of equal size.")
    telling: Level | None = told("The level at which the product begins to call a chance high.")
    tops: tuple[Top, ...] = told("What is found among those ranked highest.")
    drivers: tuple[Driver, ...] = told("What drives the scores, strongest first.")
    left_out: tuple[LeftOut, ...] = told("What the model may not use, and why.")
    blind_spots: tuple[BlindSpot, ...] = told("Silent streams that it rests on.")
    unlogged: tuple[Unlogged, ...] = told("Whose calls, meetings or e-mails are not logged, as far as you may see.")
    rules: tuple[str, ...] = told("Simple signs that order the lists where there is no model.")
    people: PeopleTold | None = told("What using what people told us would add; empty: nobody told anything.")
    card: str = told("The whole card, for the download.")

    @property
    def is_empty(self) -> bool:
        """Nothing is known about a model for this question."""
        return self.status in ("absent", "damaged")

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if self.status == "damaged":
            return "The card of this model cannot be read. Run `python -m crm_core build --retrain`."
        return "No model was asked for yet. Import data with outcomes, then run `python -m crm_core build`."

    @property
    def missing_positives(self) -> int:
        """Outcomes that are missing before a model is tried."""
        return max(0, self.min_positives - self.positive_entities)

    @property
    def missing_negatives(self) -> int:
        """Cases without the outcome that are missing before a model is tried."""
        return max(0, self.min_negatives - (self.n_entities - self.positive_entities))

    @property
    def is_thin(self) -> bool:
        """The model has seen few outcomes."""
        return self.positive_entities < FEW


FIGURES = ("auc", "auc_low", "auc_high", "average_precision", "brier", "brier_base", "log_loss", "ece")


def model(viewer: Viewer, question: str) -> ModelPage:
    """The Model page of one question.

    Parameters
    ----------
    question : str
        churn or lead; anything else has no card.
    """
    folder, info = current()
    with reading(folder) as con:
        found = rows(con, "select * from meta.cards where question = $question", {"question": question})
        row: dict[str, Any] = found[0] if found else {}
        card = CardFacts(str(row.get("card") or ""))
        meanings = _meanings(con, question)
        status = _status(card) if found else "absent"
        spots = _blind_spots(con, viewer, card, meanings) if status == "model" else ()
        hidden = _unlogged(con, viewer) if status == "model" else ()
        rules = _rules(con, question) if status == "none" else ()
    trained, retrain, levels = card.day("as_of"), settings().retrain_days, card.levels()
    return ModelPage(
        question=question,
        status=status,
        note=str(row.get("note") or ""),
        trained_on=trained,
        age_days=(info.as_of - trained).days if trained else None,
        retrain_on=trained + timedelta(days=retrain) if trained else None,
        retrain_days=retrain,
        levels=levels,
        telling=telling(levels, card.number("base_rate")),
        tops=card.tops(),
        drivers=_drivers(card, meanings),
        left_out=_left_out(card, meanings),
        blind_spots=spots,
        unlogged=hidden,
        rules=rules,
        people=card.people(),
        card=_pretty(str(row.get("card") or "")),
        **_plain(card),
    )


def _unlogged(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> tuple[Unlogged, ...]:
    """By source, in the order of names: about data, never by how much is missing."""
    seen, owner = row_filter(viewer, "b"), person_column(viewer, "b.owner_name", key="b.owner_id")
    sql = f"""
        select b.title, list(distinct {owner} order by {owner}) filter ({owner} is not null) as owners
        from marts.mart_blind_owner as b where {seen.sql} group by b.title order by b.title
    """
    return tuple(Unlogged(r["title"], tuple(r["owners"])) for r in rows(con, sql, seen.params) if r["owners"])


def _plain(card: CardFacts) -> dict[str, Any]:
    """What the page takes from the card as it stands there."""
    return {name: card.count(name) for name in _COUNTS} | {
        "reason": card.text("reason"),
        "split": card.text("split"),
        "base_rate": card.number("base_rate"),
        "periods": tuple(card.day(name) for name in ("train_from", "train_to", "test_from", "test_to")),
        "figures": {name: card.number(name) for name in FIGURES},
        "contract_hash": card.text("contract_hash"),
        "n_features": len(card.names("features_used")),
    }


_COUNTS = (
    "version", "n_train", "n_calibrate", "n_test", "entities_test", "positives_test", "n_entities",
    "positive_entities", "min_positives", "min_negatives", "trees",
)  # fmt: skip


def _status(card: CardFacts) -> str:
    if not card.is_readable:
        return "damaged"
    return "none" if card.text("status") == "none" else "model"


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _meanings(con: duckdb.DuckDBPyConnection, question: str) -> dict[str, dict[str, Any]]:
    found = rows(
        con, "select * from meta.features where model in ($model, 'feat_people')", {"model": FEATURES.get(question, "")}
    )
    return {row["name"]: row for row in found}


def _label(name: str, meanings: dict[str, dict[str, Any]]) -> str:
    known = meanings.get(name)
    return str(known["label"]) if known else spoken(name.removeprefix(CUSTOM))


def spoken(name: str) -> str:
    """A source's column as words: `Lost_Reason__c` and `lostReason` become "Lost reason"."""
    bare = name.removesuffix("__c").replace("_", " ").replace(".", " ")
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare)
    words = " ".join(w if w.isupper() and len(w) > 1 else w.lower() for w in spaced.split())
    return words[:1].upper() + words[1:]


def _drivers(card: CardFacts, meanings: dict[str, dict[str, Any]]) -> tuple[Driver, ...]:
    found = []
    for row in card.rows("drives"):
        name, share = str(row.get("feature", "")), row.get("share")
        if not isinstance(share, int | float) or not share > 0:
            continue
        known = meanings.get(name, {})
        label = _label(name, meanings) if known else str(row.get("label") or spoken(name))
        feed = str(known.get("feed", "the source's own field"))
        found.append(
            Driver(label, float(share), str(known.get("time_window", "now")), feed, str(known.get("misleads", "")))
        )
    return tuple(sorted(found, key=lambda d: -d.share))


def _left_out(card: CardFacts, meanings: dict[str, dict[str, Any]]) -> tuple[LeftOut, ...]:
    found = []
    for row in card.rows("features_excluded"):
        reason = str(row.get("reason", ""))
        kind = next((kind for sign, kind in KINDS if reason.startswith(sign)), "other")
        found.append(LeftOut(_label(str(row.get("name", "")), meanings), kind, reason))
    return tuple(found)


def _blind_spots(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, card: CardFacts, meanings: dict[str, dict[str, Any]]
) -> tuple[BlindSpot, ...]:
    sql = "select feed, title, age_days as days from marts.mart_feed where is_silent order by days desc, title"
    silent = rows(con, sql)
    ask = feed_asks(con, viewer) if silent else {}
    used = [str(meanings.get(name, {}).get("feed", "")).split(", ") for name in card.names("features_used")]
    counted = [
        (SilentFeed(f["title"], f["days"], ask[f["feed"]]), sum(f["feed"] in feeds for feeds in used)) for f in silent
    ]
    return tuple(BlindSpot(feed, n) for feed, n in counted if n)


def _rules(con: duckdb.DuckDBPyConnection, question: str) -> tuple[str, ...]:
    mart = "mart_lead" if question == "lead" else "mart_customer"
    found = rows(
        con,
        f"select sign from (select unnest(string_split(rule_reasons, '; ')) as sign from marts.{mart}) "
        "where sign <> '' group by sign order by count(*) desc, sign",
    )
    return tuple(row["sign"] for row in found)
