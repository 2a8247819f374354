"""The weekly hour in the company of twenty: what matters most, what it led to, what rises, what to ask the floor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.access import Viewer
from crm_core.ledger import Entry, Kind, Ledger, Shown, StoredEntry, open_ledger
from crm_core.settings import settings
from crm_core.views import frame, steer
from crm_core.views.opinions import Opinion
from crm_core.views.steer import floor
from crm_core.views.steer.parts import Dispute
from crm_core.views.steer.rising import chance, rising
from crm_core.views.steer.weekly import monday_of, name_of, parsed
from tests.views.answering import own_feed
from tests.views.twenty import PEOPLE

MONDAY = date(2026, 8, 3)
WEEK = "2026-W32"
LATER = date(2099, 12, 31)


@pytest.fixture
def book(twenty: Path) -> Iterator[Ledger]:
    with open_ledger(settings()) as opened:
        yield opened


def at(day: int, hour: int = 9) -> datetime:
    """A moment of the week; negative days are in the weeks before."""
    return datetime.combine(MONDAY + timedelta(days=day), datetime.min.time()) + timedelta(hours=hour)


def put(book: Ledger, moment: datetime, who: str, **said: object) -> StoredEntry:
    """Write an entry as if it were said at that moment."""
    viewer = PEOPLE[who]
    base = Entry(
        kind=Kind.DISAGREEMENT,
        who=viewer.who,
        who_name=viewer.name,
        who_role=viewer.role.value,
        who_team=Entry.joined(viewer.teams),
        question="churn",
        entity_kind="customer",
        entity_key="",
        idempotency_key=f"{who} {moment} {said}"[:120],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crm_core.clock.utc_now", lambda: moment)
        return book.append(replace(base, **said))  # type: ignore[arg-type]


def say(book: Ledger, day: int, who: str, customer: str, **more: object) -> StoredEntry:
    about: dict[str, object] = {"entity_key": f"crm:{customer}", "belief": "will_stay", "reason_code": "data_wrong"}
    return put(book, at(day), who, **{"expires_on": LATER, "words": "my own words", **about, **more})


def sort(
    book: Ledger, day: int, about: StoredEntry, belief: str, detail: str | None = None, who: str = "steward"
) -> None:
    answer = {"kind": Kind.TRIAGE, "entity_kind": "disagreement", "entity_key": about.id, "belief": belief}
    put(book, at(day, 12), who, **answer, reason_code=detail, words="because")


def mend(book: Ledger, day: int, about: StoredEntry) -> None:
    fixed = {"kind": Kind.FIXED, "entity_kind": "disagreement", "entity_key": about.id}
    put(book, at(day, 15), "steward", **fixed, words="mended")


def page(who: str = "admin", week: str = WEEK) -> steer.WeeklyPage:
    return steer.weekly(PEOPLE[who], week)


def test_the_newest_week_with_words_is_shown_unless_the_address_names_one(twenty: Path) -> None:
    found = page(week="")
    assert (found.week, found.monday, found.sunday) == ("2026-W29", date(2026, 7, 13), date(2026, 7, 19))
    assert found.n_said == 1
    for nonsense in ("banana", "2026-W99", "2026-W2", "2026-13-01", "<b>2026-W1"):
        assert page(week=nonsense).week == "2026-W29"
    assert (page(week="2026-W26").before, page(week="2026-W26").after) == ("2026-W25", "2026-W27")
    assert page(week="2026-W19").before == ""


def test_without_any_word_it_says_why_and_what_to_do(twenty: Path) -> None:
    nobody = Viewer("crm:E2", "Noah Lind", PEOPLE["noah"].role, frozenset({"North"}))
    found = steer.weekly(nobody, "")
    assert found.is_empty
    assert "press Disagree" in found.why_empty
    assert (found.disputes, found.led_to, found.errors, found.rises, found.asked) == ((), (), (), (), None)


def test_what_matters_most_stands_first_and_meeting_agrees(book: Ledger) -> None:
    say(book, 0, "nora", "C01")
    say(book, 1, "north", "C01", belief="will_leave")
    say(book, 2, "sara", "C11", probability=0.25)
    found = page()
    tops = [(d.entity_id, round(d.distance, 2), round(d.spread, 2)) for d in found.disputes]
    assert ("crm:C01", 0.57, 0.72) in tops
    assert ("crm:C11", 0.05, 0.0) in tops
    weights = [(d.money or 0) * d.information for d in found.disputes]
    assert weights == sorted(weights, reverse=True)
    meeting = steer.meeting(PEOPLE["admin"])
    assert [d.entity_id for d in meeting.disputes] == [d.entity_id for d in found.disputes][: len(meeting.disputes)]


def test_information_grows_with_distance_spread_and_what_is_not_seen() -> None:
    plain = Dispute("churn", "k", "N", 1.0, 0.5, 0.4, 0.6, 1.0, (), 0.2, 0.0)
    assert plain.information == pytest.approx(0.2)
    assert replace(plain, evidence=None).information == pytest.approx(0.2)
    assert replace(plain, spread=0.5).information == pytest.approx(0.3)
    assert replace(plain, evidence=0.4).information == pytest.approx(0.32)
    assert replace(plain, distance=1.0, spread=1.0, evidence=0.0).information == 4.0


def test_last_weeks_words_stand_with_what_they_led_to(book: Ledger) -> None:
    fact = say(book, -7, "nora", "C01")
    error = say(book, -6, "sara", "C11")
    open_ = say(book, -5, "sam", "C16")
    split = say(book, -4, "noah", "C06")
    sort(book, -3, fact, "new_fact", "renewal_agreed")
    sort(book, -3, error, "data_error", "calls")
    sort(book, -3, split, "opinion")
    sort(book, -2, split, "data_error", "calls", who="admin")
    found = {o.opinion.entry_id: o for o in page().led_to}
    assert [found[e.id].sort for e in (fact, error, open_, split)] == ["new_fact", "data_error", "", "pending"]
    assert found[fact.id].detail == "The renewal is agreed by word"
    assert found[fact.id].steward_words == "because"
    assert found[open_.id].due_on == at(-5).date() + timedelta(days=settings().answer_days)
    assert [o.opinion.entry_id for o in page().errors] == [error.id]
    mend(book, -1, error)
    after = {o.opinion.entry_id: o for o in page().led_to}[error.id]
    assert after.fixed_at is not None
    assert page().errors == ()
    sort(book, 0, error, "data_error", "calls")
    assert [o.opinion.entry_id for o in page().errors] == [error.id], "found once more"


def test_what_one_may_not_see_is_on_nobodys_page(book: Ledger) -> None:
    said = say(book, -7, "nora", "C01")
    sort(book, -3, said, "data_error", "calls")
    assert [o.opinion.who_name for o in page("nora").led_to] == ["Nora Berg"]
    assert [o.steward_words for o in page("nora").led_to] == ["because"]
    assert page("sara").led_to == page("sara").errors == ()
    for who in ("executive", "analyst"):
        (outcome,) = page(who).led_to
        assert (outcome.steward_words, outcome.opinion.words) == ("", "")
    shown = repr(page("analyst"))
    for name in ("Nora", "Stan", "Sara", "my own words", "because"):
        assert name not in shown


def test_a_reason_rises_only_beyond_noise_and_bulk_counts_once(book: Ledger) -> None:
    for week in range(1, 9):
        say(book, -7 * week, "nora", f"C0{week % 5 + 1}", reason_code="timing")
    for n, who in enumerate(("nora", "noah", "sara", "sam", "north", "south")):
        say(book, n % 3, who, f"C1{n}", reason_code="data_missing")
    for n in range(9):
        say(book, 1, "nora", f"C0{n + 1}", reason_code="contract_known")
    found = page()
    assert found.n_weeks_before == 8
    (rise,) = found.rises
    assert (rise.reason, rise.n, rise.usual) == ("The data are missing something", 6, 0.0)
    assert rise.p < 0.05


@given(st.integers(0, 30), st.integers(0, 60), st.integers(1, 8))
def test_the_chance_of_so_many_is_one_and_falls_as_they_get_more(now: int, before: int, n_weeks: int) -> None:
    assert chance(0, before, n_weeks) == pytest.approx(1.0)
    assert 0 <= chance(now + 1, before, n_weeks) <= chance(now, before, n_weeks) + 1e-12


def test_a_young_ledger_says_nothing_of_rises() -> None:
    assert rising([], MONDAY) == ((), 0)


def opinion(who: str, belief: str, stands_for: float) -> Opinion:
    return Opinion("id", "crm:C01", "churn", who, False, belief, belief.replace(" ", "_"), None, stands_for, "r", "r",
                   "", at(0), None, None, "in force", False, None, None, None, None)  # fmt: skip


def test_the_question_to_the_floor_follows_its_rules_in_order(book: Ledger) -> None:
    jana, tom = opinion("Jana", "will stay", 0.03), opinion("Tom", "will leave", 0.75)
    apart = Dispute("churn", "crm:C01", "ACME", 100.0, 0.5, 0.4, 0.6, 1.0, (jana, tom), 0.47, 0.72)
    alone = replace(apart, name="Other", opinions=(jana,), spread=0.0)
    asked = floor.question([alone, apart], [], [])
    assert asked is not None
    assert asked.text == "ACME: Jana says “will stay”, Tom says “will leave”. Who has spoken to them last?"
    alone = replace(alone, now=0.5)
    asked = floor.question([alone], [], [])
    assert asked is not None
    assert asked.rule == "far_from_model"
    assert asked.text.startswith("Other: Jana says “will stay”, the model sees 50 of 100.")
    assert floor.question([], [], []) is None
    for n, (who, customer) in enumerate((("nora", "C01"), ("sara", "C11"))):
        sort(book, -2, say(book, -7 + n, who, customer), "data_error", "calls")
    asked = floor.question([alone], page().errors, [])
    assert asked is not None
    assert asked.rule == "feed_wrong"


def shown(probability: float, evidence: float = 0.9) -> Shown:
    return Shown(probability=probability, low=probability / 2, high=probability * 1.5, evidence=evidence)


def test_what_was_shown_then_stands_beside_what_the_model_says_now(book: Ledger) -> None:
    say(book, 0, "nora", "C01", shown=shown(0.14))
    (found,) = [d for d in page().disputes if d.entity_id == "crm:C01"]
    assert found.then[0] == 0.14
    assert found.now == found.probability
    assert found.now != 0.14


def test_a_week_of_the_past_rests_on_what_was_shown_then(twenty: Path, book: Ledger) -> None:
    as_of = frame(PEOPLE["admin"]).as_of
    back = (monday_of(as_of) - MONDAY).days - 21
    early = say(book, back, "nora", "C01", belief="will_leave", shown=shown(0.1))
    gone = say(book, back, "sara", "C11", shown=shown(0.4))
    silent = say(book, back, "sam", "C16")
    for one in (early, gone):
        sort(book, back + 1, one, "data_error", "calls")
    mend(book, back + 9, early)
    book_back = {"kind": Kind.WITHDRAWAL, "withdraws_id": gone.id, "entity_key": gone.entity_key}
    put(book, at(back + 10), "sara", **book_back)
    found = page(week=name_of(MONDAY + timedelta(days=back)))
    assert found.is_past
    assert not found.is_ahead
    by_id = {d.entity_id: d for d in found.disputes}
    assert (by_id["crm:C01"].probability, by_id["crm:C01"].low, by_id["crm:C01"].distance) == (0.1, 0.05, 0.65)
    assert by_id["crm:C01"].now not in (0.1, None)
    assert by_id["crm:C11"].probability == 0.4, "taken back only later"
    assert silent.entity_key not in by_id, "no number was shown then"
    assert {o.opinion.entry_id for o in found.errors} == {early.id, gone.id}, "mended only later"
    later = page(week=name_of(MONDAY + timedelta(days=back + 7)))
    assert {o.opinion.entry_id for o in later.errors} == {gone.id}
    assert "crm:C11" not in {d.entity_id for d in later.disputes}


def test_a_week_that_has_not_begun_holds_nothing_and_names_the_newest(book: Ledger) -> None:
    say(book, 0, "nora", "C01")
    found = page(week="2091-W20")
    assert found.is_ahead
    assert (found.week, found.newest, found.after) == ("2091-W20", WEEK, "")
    assert (found.disputes, found.led_to, found.errors, found.rises, found.asked) == ((), (), (), (), None)
    assert not page().is_ahead


def test_errors_of_ones_own_sources_come_first(twenty: Path, book: Ledger) -> None:
    own_feed(twenty, "steward")
    first, mine = say(book, -7, "nora", "C01"), say(book, -6, "sara", "C11")
    sort(book, -5, first, "data_error", "calls")
    sort(book, -4, mine, "data_error", "phone")
    assert [o.opinion.entry_id for o in page().errors] == [first.id, mine.id]
    assert [(o.opinion.entry_id, o.is_mine) for o in page("steward").errors] == [(mine.id, True), (first.id, False)]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_a_week_is_named_as_the_calendar_names_it_and_begins_on_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert monday <= day <= monday + timedelta(days=6)
    assert parsed(name_of(monday)) == monday
