"""What the demo company's people said: possible, consistent, the same each time, and worth learning from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crm_core.clock import utc_now
from crm_core.demo import Company, Word, generate, staff, talk, waiting_at
from crm_core.demo.colleagues import REASONS, spoken, views
from crm_core.demo.people import BLIND_REPS, FEEDS
from crm_core.demo.sayings import MENDED, SAYINGS, SORT_OF, VERDICTS
from crm_core.ledger import BELIEFS, Entry, Kind, StoredEntry, open_ledger, words
from crm_core.ledger import REASONS as KNOWN_REASONS
from crm_core.ledger.state import state_at
from crm_core.ledger.triage import triages
from crm_core.serving import recall
from crm_core.settings import Settings

COMPANY = Company()
DISAGREEMENT, TRIAGE, FIXED, WITHDRAWAL = "disagreement", "triage", "fixed", "withdrawal"
Days = dict[str, tuple[date, date]]


@pytest.fixture(scope="module")
def said() -> tuple[Word, ...]:
    return talk(COMPANY)


@pytest.fixture(scope="module")
def days() -> Days:
    """Customer under contract or lead open -> first and last day."""
    part = generate(next(COMPANY.chunks()))
    found: Days = {}
    for line in part.tables["subscriptions"].to_pylist():
        first, last = found.get(line["customer_id"], (date.max, date.min))
        end = min(line["ends_on"], line["cancelled_on"] or date.max)
        found[line["customer_id"]] = (min(first, line["started_on"]), max(last, end))
    for lead in part.tables["leads"].to_pylist():
        over = [at.date() for at in (lead["converted_at"], lead["disqualified_at"]) if at]
        found[lead["source_id"]] = (lead["created_at"].date(), min(over, default=date.max))
    return found


def of(said: tuple[Word, ...], kind: str, question: str = "") -> list[Word]:
    return [word for word in said if word.kind == kind and question in ("", word.question)]


def test_the_same_company_says_the_same_and_another_seed_something_else(said: tuple[Word, ...]) -> None:
    assert talk(COMPANY) == said
    assert talk(Company(seed=1)) != said
    assert len({word.key for word in said}) == len(said)


def test_as_much_is_said_as_there_are_customers(said: tuple[Word, ...]) -> None:
    assert 500 <= len(of(said, DISAGREEMENT, "churn")) <= 700
    assert len(of(said, DISAGREEMENT, "lead")) >= 100
    assert 60 <= len(of(talk(Company(customers=300)), DISAGREEMENT, "churn")) <= 120
    assert len(of(talk(Company(customers=20)), DISAGREEMENT)) < 20
    who = {word.who for word in of(said, DISAGREEMENT)}
    assert who >= {employee for employee, (_name, role, _team) in staff().items() if role == "rep"}
    assert {staff()[employee][1] for employee in who} == {"rep", "manager"}


def test_everything_is_said_within_the_history_and_soon_after_what_was_shown(said: tuple[Word, ...]) -> None:
    first = COMPANY.as_of - timedelta(days=30 * 17)
    assert all(first <= word.at.date() <= COMPANY.as_of for word in said)
    for word in of(said, DISAGREEMENT):
        assert word.shown is not None
        assert 0 <= (word.at.date() - word.shown.as_of).days <= 9
    assert {word.kind for word in said} == {DISAGREEMENT, TRIAGE, FIXED, WITHDRAWAL}


def test_nobody_speaks_about_somebody_who_was_not_there_then(said: tuple[Word, ...], days: Days) -> None:
    for word in of(said, DISAGREEMENT):
        assert word.shown is not None
        first, last = days[word.about]
        assert first <= word.shown.as_of <= word.at.date() <= last, word


def test_a_number_stands_on_the_side_of_its_belief(said: tuple[Word, ...]) -> None:
    for word in of(said, DISAGREEMENT):
        assert word.shown is not None
        assert word.belief in BELIEFS[word.question]
        assert word.code in KNOWN_REASONS
        meant = words.meant(word.belief or "", word.probability, word.shown.probability)
        if word.probability is not None:
            assert (meant > word.shown.probability) == (word.belief in words.EXPECTS_EVENT), word
        assert word.shown.low <= word.shown.probability <= word.shown.high
        assert 0.6 <= word.shown.evidence <= 1
    assert 0.2 < np.mean([word.probability is None for word in of(said, DISAGREEMENT)]) < 0.7


def test_stewards_have_sorted_all_of_the_past_as_the_reason_asks_for(said: tuple[Word, ...]) -> None:
    told = {word.key: word for word in of(said, DISAGREEMENT)}
    answers: dict[str, list[Word]] = defaultdict(list)
    for word in of(said, TRIAGE):
        answers[word.about].append(word)
    replaced = {key for key in told if is_replaced(told[key], said)}
    two_weeks = COMPANY.as_of - timedelta(days=14)
    waiting = {key for key, word in told.items() if key not in answers and key not in replaced}
    assert waiting == {word.key for word in said if word.is_open}
    assert all(told[key].at.date() > two_weeks for key in waiting)
    assert 1 <= len(waiting) <= 8
    for key, (answer,) in answers.items():
        about = told[key]
        assert timedelta() < answer.at - about.at <= timedelta(days=6)
        assert staff()[answer.who][1] == "steward"
        assert answer.belief == SORT_OF.get(about.code or "", "opinion")
        assert answer.words
    assert {answer.belief for (answer,) in answers.values()} == set(words.SORTS)


@pytest.mark.parametrize("moment", ["2026-11-26 09:30", "2027-03-01 00:05", "2026-06-20 08:00"])
def test_what_waits_is_said_in_the_hours_before_the_demo_begins(said: tuple[Word, ...], moment: str) -> None:
    now = datetime.fromisoformat(moment)
    before = {word.key: word for word in said}
    after = waiting_at(said, now)
    assert waiting_at(after, now) == after
    assert [word.at for word in after] == sorted(word.at for word in after)
    for word in after:
        old = before[word.key]
        if not word.is_open or now - timedelta(hours=12) < old.at:
            assert word.at == old.at or word.at < now
            assert word.is_open or word == old
            continue
        assert timedelta() < now - word.at <= timedelta(hours=12)
        assert word.expires_on is not None
        assert old.expires_on is not None
        assert word.expires_on - word.at.date() == old.expires_on - old.at.date()
        assert (word.words, word.shown, word.about, word.who) == (old.words, old.shown, old.about, old.who)


def test_the_queue_is_not_overdue_when_the_demo_begins(tmp_path: Path) -> None:
    entries, _n = recalled(tmp_path, Company(customers=300))
    waiting = [one for one in triages(entries) if one.is_waiting]
    assert 1 <= len(waiting) <= 8
    now = utc_now()
    assert all(timedelta() < now - one.said.recorded_at <= timedelta(hours=13) for one in waiting)


def test_a_fact_fits_the_side_of_who_knew_it_and_a_source_and_a_wish_are_known(said: tuple[Word, ...]) -> None:
    told = {word.key: word for word in of(said, DISAGREEMENT)}
    feeds = {row[0] for row in FEEDS}
    wishes = set()
    for word in of(said, TRIAGE):
        if word.belief == "new_fact":
            fact = words.FACTS[word.question][word.code or ""]
            assert fact.raises == (told[word.about].belief in words.EXPECTS_EVENT)
        elif word.belief == "data_error":
            assert word.code in feeds
        elif word.belief == "missing_feature":
            wishes.add(word.code)
            assert len(word.code or "") <= 60
        else:
            assert word.code is None
    assert 4 <= len(wishes) <= 5


def test_all_speak_english() -> None:
    german = re.compile(r"[äöüß]|\b(der|die|das|nicht|ist|und|sie sind|wir haben)\b", re.IGNORECASE)
    said = [saying.words for sayings in SAYINGS.values() for saying in sayings]
    written = [*said, *(text for texts in (*VERDICTS.values(), *MENDED.values()) for text in texts)]
    assert [text for text in written if german.search(text)] == []


def test_most_data_errors_were_mended_days_later_by_the_owner_of_the_source(said: tuple[Word, ...]) -> None:
    sorted_as = {word.about: word for word in of(said, TRIAGE) if word.belief == "data_error"}
    mended = of(said, FIXED)
    assert 0.6 < len(mended) / len(sorted_as) < 1
    owners = {feed: f"E-{owner:02d}" for feed, _kind, _title, owner, *_ in FEEDS}
    for word in mended:
        assert word.at > sorted_as[word.about].at
        assert word.who == owners[sorted_as[word.about].code or ""]


def test_a_few_were_taken_back_replaced_or_contradicted(said: tuple[Word, ...]) -> None:
    told = of(said, DISAGREEMENT)
    taken_back = {word.takes_back: word for word in of(said, WITHDRAWAL)}
    assert 5 <= len(taken_back) <= 40
    for word in told:
        if word.key in taken_back:
            assert taken_back[word.key].at > word.at
            assert taken_back[word.key].who == word.who
    assert 5 <= sum(is_replaced(word, said) for word in told) <= 40
    sides: dict[tuple[str, date | None], set[bool]] = defaultdict(set)
    for word in told:
        as_of = word.shown.as_of if word.shown else None
        sides[word.about, as_of].add(word.belief in words.EXPECTS_EVENT)
    assert 5 <= sum(len(both) == 2 for both in sides.values()) <= 40


def is_replaced(word: Word, said: tuple[Word, ...]) -> bool:
    same = (word.who, word.question, word.about)
    later = (o for o in said if o.kind == DISAGREEMENT and (o.who, o.question, o.about) == same and o.at > word.at)
    return any(other.at - word.at < timedelta(days=10) for other in later)


def test_what_is_written_tells_the_side_and_never_the_outcome() -> None:
    part = generate(next(COMPANY.chunks()))
    outcome = {(r["customer_id"], r["as_of"]): r["outcome"] for r in part.truth["churn"].to_pylist()}
    told: dict[tuple[str, bool], Counter[tuple[str, bool]]] = defaultdict(Counter)
    for word in of(talk(COMPANY), DISAGREEMENT, "churn"):
        came = outcome.get((word.about, word.shown.as_of if word.shown else None))
        if came is not None and word.code:
            told[word.code, word.belief == "will_leave"][word.words, came] += 1
    for (reason, leaves), found in told.items():
        side = SAYINGS["churn", reason, "raises" if leaves else "lowers"]
        assert {sentence for sentence, _came in found} <= {saying.words for saying in side}
    every = [saying.words for sayings in SAYINGS.values() for saying in sayings]
    assert max(Counter(every).values()) == 1


def test_it_is_known_who_should_be_right() -> None:
    """The earlier model is honest; those who were told something know better, those who speak of timing do not."""
    chunk = next(COMPANY.chunks())
    part = generate(chunk)
    case = views(chunk, part, "churn")
    truth = {(r["customer_id"], r["as_of"]): r["probability"] for r in part.truth["churn"].to_pylist()}
    epoch = date(1970, 1, 1)
    true = np.array([truth[k, epoch + timedelta(days=int(d))] for k, d in zip(case.key, case.as_of, strict=True)])
    for low, high in pairwise((0.0, 0.05, 0.1, 0.2, 0.4, 1.0)):
        inside = (case.guess >= low) & (case.guess < high)
        assert abs(case.guess[inside].mean() - true[inside].mean()) < 0.03
    at = spoken(chunk, case)

    def gain(reason: str, among: np.ndarray) -> float:
        mine = at[among & (case.reason[at] == REASONS.index(reason))]
        return float(np.mean((case.guess[mine] - true[mine]) ** 2 - (case.view[mine] - true[mine]) ** 2))

    everybody = np.ones(len(at), dtype=bool)
    blind = np.isin(case.owner[at], BLIND_REPS)
    assert gain("customer_told_us", everybody) > 0.002
    assert gain("contract_known", everybody) > 0.002
    assert gain("data_wrong", blind) > 0.002
    assert gain("timing", everybody) < 0
    assert gain("data_wrong", blind) > gain("data_wrong", ~blind)


def recalled(folder: Path, company: Company) -> tuple[tuple[StoredEntry, ...], int]:
    where = Settings(data_dir=folder)
    n = recall(where, company)
    with open_ledger(where) as ledger:
        return ledger.entries(), n


def test_the_ledger_holds_it_with_its_moments_and_twice_changes_nothing(tmp_path: Path) -> None:
    company = Company(customers=300)
    entries, n = recalled(tmp_path, company)
    assert n == len(entries) == len(talk(company))
    assert recalled(tmp_path, company) == (entries, 0)
    said = {(word.at, word.words) for word in talk(company) if not word.is_open}
    assert said <= {(entry.recorded_at, entry.words) for entry in entries}
    assert len(said) > len(entries) - 9
    assert all(entry.who.startswith("demo:E-") and entry.who_team and entry.who_name for entry in entries)
    ids = {entry.id for entry in entries if entry.kind == Kind.DISAGREEMENT}
    assert {entry.entity_key for entry in entries if entry.kind in (Kind.TRIAGE, Kind.FIXED)} <= ids
    assert {entry.withdraws_id for entry in entries if entry.kind == Kind.WITHDRAWAL} <= ids


def test_some_of_it_stands_on_the_first_screen_and_two_people_disagree(tmp_path: Path) -> None:
    entries, _n = recalled(tmp_path, Company(customers=300))
    standing = state_at(entries, utc_now().date())
    assert 4 <= len(standing) <= 10
    beliefs: dict[str, set[str | None]] = defaultdict(set)
    for entry in standing:
        beliefs[entry.entity_key].add(entry.belief)
        assert entry.expires_on is not None
        assert entry.expires_on <= entry.recorded_at.date() + timedelta(days=365)
    assert sum(len(both) == 2 for both in beliefs.values()) == 1


def test_a_ledger_in_which_somebody_else_has_spoken_is_left_alone(tmp_path: Path) -> None:
    entries, _n = recalled(tmp_path / "demo", Company(customers=60))
    own = Settings(data_dir=tmp_path / "own")
    with open_ledger(own) as ledger:
        (first, *_others) = entries
        plain = {name: getattr(first, name) for name in first.__dataclass_fields__ if name not in ("id", "recorded_at")}
        stored = ledger.append(Entry(**plain | {"who": "crm:4711"}))
    assert recall(own, Company(customers=60)) == 0
    with open_ledger(own) as ledger:
        assert ledger.entries() == (stored,)
