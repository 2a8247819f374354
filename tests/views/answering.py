"""People say, stewards sort: what tests of the return flow do on the company of 20 customers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from crm_core import views
from crm_core.access import Viewer
from crm_core.actions import Disagree, disagree, triaging
from tests.actions.test_disagree import ShownScore
from tests.views.twenty import PEOPLE

MORNING = datetime(2026, 7, 16, 9)  # noqa: DTZ001 - times inside the product are UTC without a zone


def saw(_viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    """What was shown of a customer who is gone or merged meanwhile."""
    return ShownScore(question, entity_key, money_at_stake=1200.0)


def own_feed(data: Path, who: str | None, feed: str = "phone") -> None:
    """Name the owner of a source in the build as it is."""
    with warehouse(data) as con:
        con.execute("delete from marts.mart_feed where feed = $feed", {"feed": feed})
        con.execute(
            "insert into marts.mart_feed (feed, title, owner_id, owner_name) values ($feed, 'Telephone', $who, $name)",
            {"feed": feed, "who": who and PEOPLE[who].who, "name": who and PEOPLE[who].name},
        )


def say(who: str, customer: str, belief: str = "will_stay", **more: Any) -> str:
    """Disagree about a customer, or a lead; returns its id. `shown`: what he saw, where the build has changed since."""
    shown, question = more.pop("shown", None), more.pop("question", "churn")
    told: dict[str, Any] = {"probability": None, "reason_code": "data_wrong", "words": "I called them", **more}
    key = f"{who} {customer} {belief} {sorted(more.items())}"
    asked = Disagree(question, f"crm:{customer}", belief, expires_on=None, idempotency_key=key, **told)
    return disagree(PEOPLE[who], asked, shown=shown).entry_id


def sort(entry_id: str, what: str = "opinion", detail: str | None = None, *, by: str = "steward", why: str = "") -> str:
    """Sort a disagreement; returns what the receipt says."""
    words = why or f"because {by} thinks so"
    key = f"{entry_id} {what} {detail} {views.ledger_key()}"
    return triaging.triage(PEOPLE[by], triaging.Triage(entry_id, what, detail, words, key)).message


def warehouse(data: Path) -> duckdb.DuckDBPyConnection:
    """The build as it is, to be changed."""
    return duckdb.connect(str(next(data.glob("warehouse/builds/*/warehouse.duckdb"))))
