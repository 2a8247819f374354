"""What the Model page says of groups: the check of the version that waits, who owns the stop, nobody by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crm_core.actions.releases import Release, release_stop
from crm_core.errors import AccessDeniedError
from crm_core.scoring.fairness import Checked, Fairness, Group, Overridden, OverrideGroup, Proxy, Screen, Share
from crm_core.views import trust
from pages._kit import fairness as said
from pages._kit.model import SAYINGS
from tests.views.company import PEOPLE
from tests.views.test_model_page import CARD, page_of

SAY = SAYINGS["churn"]


def share(value: float | None, n: int = 200) -> Share:
    return Share(value, None if value is None else value - 0.05, None if value is None else value + 0.05, n)


def group(name: str, flagged: float) -> Group:
    return Group(name, 200, share(flagged), share(flagged / 2, 150), share(0.4, 50), 0.2, share(0.21))


SCREEN = Screen("flagged", "m", "f", 0.25, 0.001, True)
UNFAIR = Fairness(
    8,
    [Checked("gender__c", 400, 12, 1, "", [group("f", 0.4), group("m", 0.1)], [SCREEN],
             [Proxy("f", 0.9, 0.85, 0.95, ["Days since contact"])])],
    2,
    is_stopped=True,
)  # fmt: skip
FAIR = replace(
    UNFAIR,
    version=7,
    is_stopped=False,
    checked=[replace(UNFAIR.checked[0], screens=[replace(SCREEN, ratio=0.9, p=1.0, is_breach=False)])],
)
OVERRIDES = [
    Overridden(
        "Gender", 30, 0, "", [OverrideGroup("f", 90, share(0.3, 90), share(None, 90))], [replace(SCREEN, measure="up")]
    )
]


def page(company: Path, who: str = "admin", **changed: object) -> trust.fairness.FairnessPage:
    page_of(company, replace(CARD, **changed))  # type: ignore[arg-type]
    return trust.fairness.fairness_page(PEOPLE[who], "churn")


def test_a_fair_model_says_what_it_was_checked_by(company: Path) -> None:
    found = page(company, fairness=FAIR, overrides=OVERRIDES)
    assert (found.version, found.is_stopped, found.is_empty, found.breaches) == (7, False, False, ())
    told = " ".join(said.verdict(found, SAY))
    assert "Checked by Gender: nobody is treated much differently" in told
    assert [g.name for g in found.attributes[0].groups] == ["f", "m"]
    (guess,) = said.guesses(found.attributes[0])
    assert guess.startswith("Could the model guess Gender from its signs? Easily: of 100 pairs it would tell f rightly")
    assert guess.endswith("in 90 (85–95), most of all by: Days since contact. This is reported and stops nothing.")
    (row,) = found.overrides[0].groups
    assert (said.rate(row.up), said.rate(row.down)) == ("30 of 100 (25–35)", "fewer than 5")


def test_a_stopped_version_is_told_with_natural_frequencies_and_who_owns_the_stop(company: Path) -> None:
    found = page(company, "manager", fairness=FAIR, stopped=UNFAIR)
    assert (found.version, found.is_stopped, found.is_serving, found.is_owner) == (8, True, True, False)
    told = list(said.verdict(found, SAY))
    assert told[0].startswith(
        "**Version 8 is stopped: it treats groups too differently.** Meanwhile the version before"
    )
    assert told[1] == "Gender: of 100 customers with **f** 40 are flagged, with **m** 10 (of 200 and 200)."
    assert told[2].startswith("Admin owns this stop")
    assert page(company, "analyst", stopped=UNFAIR).owner == "Admin", "an office is named to everybody"
    assert page(company, "manager", stopped=UNFAIR, status="none").is_serving is False


def test_the_first_admin_owns_the_stop_unless_another_is_named(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert page(company, "admin", stopped=UNFAIR).is_owner
    monkeypatch.setenv("CRM_FAIRNESS_OWNER", "crm:E3")
    assert not page(company, "admin", stopped=UNFAIR).is_owner
    assert page(company, "manager", stopped=UNFAIR).is_owner
    monkeypatch.setenv("CRM_FAIRNESS_OWNER", "crm:E99")
    found = page(company, "admin", stopped=UNFAIR)
    assert (found.is_owner, found.owner) == (False, None)
    told = " ".join(said.verdict(found, SAY))
    assert "names nobody who is among the employees, so **nobody can release it**" in told


def test_after_the_release_everybody_learns_that_and_few_read_why(company: Path) -> None:
    page(company, stopped=UNFAIR)
    asked = Release("churn", 8, "Whoever is flagged gets a call.", "k")
    for who in ("steward", "manager", "rep"):
        with pytest.raises(AccessDeniedError):
            release_stop(PEOPLE.get(who, PEOPLE["north"]), asked)
    release_stop(PEOPLE["admin"], asked)
    told = {who: page(company, who, stopped=UNFAIR) for who in ("admin", "north", "analyst")}
    assert all(found.release and found.release.version == 8 for found in told.values())
    assert "“Whoever is flagged gets a call.” It serves from the next build on." in (
        " ".join(said.verdict(told["admin"], SAY)).replace("\\", "").replace("”. It", "” It")
    )
    assert not told["north"].release.words if told["north"].release else False
    assert "Admin" not in " ".join(said.verdict(told["analyst"], SAY))


def test_a_breach_that_nobody_could_release_is_said_and_not_hidden(company: Path) -> None:
    unowned = replace(UNFAIR, is_stopped=False)
    later = " ".join(said.verdict(page(company, fairness=unowned), SAY))
    assert "nobody owned the stop when it was trained. Admin owns it now" in later
    found = replace(page(company, fairness=unowned), owner_id="", owner=None)
    told = " ".join(said.verdict(found, SAY))
    assert "treats groups differently, not by chance, and nothing stops it" in told
    assert "**nobody owns the stop**. An admin names somebody on Responsibilities" in told


def test_where_nobody_owns_the_stop_that_is_said_before_anything_breaks_it(company: Path) -> None:
    found = page(company, fairness=FAIR)
    assert "Nobody owns the stop" not in " ".join(said.verdict(found, SAY))
    assert "**Nobody owns the stop**" in " ".join(said.verdict(replace(found, owner_id="", owner=None), SAY))


def test_where_nothing_is_known_the_page_says_what_to_do(company: Path) -> None:
    assert "The next training checks it" in page(company).why_empty
    found = page(company, fairness=Fairness(7))
    assert found.is_empty
    assert "as protected in the mapping" in found.why_empty


def test_groups_too_small_to_compare_are_said_without_a_figure(company: Path) -> None:
    few = Fairness(7, [Checked("Gender", 40, 0, 2, "fewer than two groups of at least 30: too few to compare")])
    told = " ".join(said.verdict(page(company, fairness=few), SAY))
    assert "Gender is known of 40 customers of the test: too few to compare." in told


@pytest.mark.parametrize(
    "damage", [[], {"checked": [{}]}, {"checked": 7, "version": "x"}, {"checked": [{"groups": 1}]}]
)
def test_a_damaged_check_is_simply_not_known(company: Path, damage: object) -> None:
    page_of(company, fairness=damage, overrides=damage)
    assert trust.fairness.fairness_page(PEOPLE["admin"], "churn").is_empty
