"""The ledger on every database: durable, append-only, typed, and clear when it cannot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from crm_core.errors import LedgerError, RejectedEntryError
from crm_core.ledger import Ledger, Shown, StoredEntry, open_ledger
from crm_core.ledger.engine import MIGRATIONS, _engine, connect, writing
from crm_core.ledger.schema import HEAD, entries, metadata
from crm_core.ledger.store import MAX_KEY
from crm_core.settings import Settings
from tests.ledger.examples import SHOWN, entry


def test_what_was_said_and_what_was_shown_comes_back_as_it_went_in(ledger: Ledger, installation: Settings) -> None:
    stored = ledger.append(entry())
    with open_ledger(installation) as again:
        assert again.entries() == (stored,)
        assert again.entry(stored.id) == stored
    assert stored.shown == SHOWN
    assert stored.teams == {"north"}
    assert {name: getattr(stored, name) for name in ("words", "expires_on", "probability")} == {
        "words": "We had lunch 🍜", "expires_on": date(2026, 8, 29), "probability": 0.05,
    }  # fmt: skip


def test_the_same_key_with_the_same_words_is_stored_once(ledger: Ledger) -> None:
    first = ledger.append(entry())
    assert ledger.append(replace(entry(), shown=Shown(), expires_on=None)) == first
    assert ledger.newest() == 1


def test_the_same_key_for_something_else_is_refused_and_not_swallowed(ledger: Ledger) -> None:
    ledger.append(entry())
    with pytest.raises(RejectedEntryError, match="used before"):
        ledger.append(replace(entry(), words="now something else"))
    assert ledger.newest() == 1


def test_entries_are_found_by_question_entity_person_and_time(ledger: Ledger) -> None:
    stored = [ledger.append(entry(n, who=f"demo:E-{n % 2}", question=("churn", "lead")[n % 2])) for n in range(6)]
    assert ledger.entries() == tuple(stored)
    assert ledger.entries(question="lead") == tuple(stored[1::2])
    assert ledger.entries(who="demo:E-0") == tuple(stored[0::2])
    assert ledger.entries(since=stored[4].recorded_at) == tuple(stored[4:])
    assert ledger.entries(entity_keys=[]) == ()
    many = [f"demo:C-{n:05}" for n in range(3, 2_000)]
    assert ledger.entries(entity_keys=many) == tuple(stored[3:])
    assert ledger.entry("no such id") is None


def test_no_statement_of_the_room_changes_or_removes() -> None:
    for path in MIGRATIONS.parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not any(word in source for word in (".update(", ".delete(", "UPDATE ", "DELETE FROM"))


def test_moments_grow_even_if_the_clock_is_set_back_a_little(ledger: Ledger) -> None:
    with time_machine.travel(datetime(2026, 6, 30, 12, 0, 1, tzinfo=UTC), tick=False):
        first = ledger.append(entry(1))
        second = ledger.append(entry(2))
    with time_machine.travel(datetime(2026, 6, 30, 12, 0, 0, tzinfo=UTC), tick=False):
        third = ledger.append(entry(3))
    assert first.recorded_at < second.recorded_at < third.recorded_at
    assert ledger.entries() == (first, second, third)


def test_one_moment_in_a_wrong_far_future_does_not_drag_all_later_ones_along(ledger: Ledger) -> None:
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC)):
        ledger.append(entry(1))
    with time_machine.travel(datetime(2026, 6, 30, tzinfo=UTC)):
        assert ledger.append(entry(2)).recorded_at.year == 2026


def test_the_code_expects_exactly_the_newest_migration_and_its_table(installation: Settings) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    engine = connect(installation.ledger_dsn)
    with engine.connect() as connection:
        columns = {(c["name"], c["nullable"]) for c in inspect(connection).get_columns("entries")}
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert columns == {(c.name, c.nullable) for c in entries.columns}
    assert [d for d in differences if d[0] not in {"remove_index"}] == []


def test_a_ledger_of_a_newer_program_is_not_touched(installation: Settings) -> None:
    open_ledger(installation).close()
    raw = create_engine(installation.ledger_dsn)
    with raw.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    raw.dispose()
    with pytest.raises(LedgerError, match="newer than this program"):
        open_ledger(installation)


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x", "postgresql+nodriver://u:secret@h/db"])
def test_an_unusable_address_is_a_clear_error_without_the_password(installation: Settings, url: str) -> None:
    with pytest.raises(LedgerError, match="CRM_LEDGER_URL") as caught:
        open_ledger(Settings(data_dir=installation.data_dir, ledger_url=url))
    assert "secret" not in str(caught.value)


def test_several_entries_are_stored_all_or_none(ledger: Ledger) -> None:
    stored = ledger.append_all([entry(1), entry(2)])
    assert ledger.entries() == stored
    assert ledger.append_all([entry(1), entry(2)]) == stored
    with pytest.raises(RejectedEntryError):
        ledger.append_all([entry(3), entry(2, words="something else")])
    assert ledger.entries() == stored


def test_entries_of_another_copy_come_back_as_they_were_and_only_once(ledger: Ledger, tmp_path: Path) -> None:
    mine = ledger.append(entry(1))
    with open_ledger(Settings(data_dir=tmp_path / "other")) as other:
        theirs = other.append_all([entry(2), entry(1, words="the same key, said elsewhere")])
    assert ledger.restore([*theirs, mine]) == 1
    assert ledger.restore(theirs) == 0
    assert set(ledger.entries()) == {mine, theirs[0]}
    assert ledger.append(entry(3)).recorded_at > mine.recorded_at


@pytest.mark.parametrize("text", ["NUL \x00 in it", "half a character \ud83d"])
@pytest.mark.parametrize("field", ["words", "entity_key", "who_name", "idempotency_key"])
def test_what_some_database_cannot_write_is_refused_by_name_by_every_one(ledger: Ledger, field: str, text: str) -> None:
    with pytest.raises(RejectedEntryError, match=field):
        ledger.append(entry(1, **{field: text}))
    with pytest.raises(RejectedEntryError, match="shown"):
        ledger.append(entry(1, shown=replace(SHOWN, tier="\udc80")))
    assert ledger.entries() == ()
    stored = ledger.append(entry(1))
    good = replace(stored, idempotency_key="another")
    wrong: dict[str, Any] = {"id": "bad", "idempotency_key": "bad", field: text}
    with pytest.raises(RejectedEntryError, match=field):
        ledger.restore([replace(good, id="another"), replace(good, **wrong)])
    assert ledger.entries() == (stored,)


def test_text_of_any_length_and_script_is_stored_and_only_keys_have_an_end(ledger: Ledger) -> None:
    many_teams = "|".join(f"Vertrieb Süd {n}" for n in range(200))
    hard = "'; DROP TABLE entries; -- %s %(x)s :name {} \\ \t\n\r 日本語 👩‍👩‍👧 \u202e"
    said = entry(
        1, who_team=many_teams, who_name="N" * 500, belief="b" * 300, reason_code="r" * 300, words=hard * 1_000
    )
    stored = ledger.append(said)
    assert ledger.entries() == (stored,)
    assert (stored.words, stored.who_team, stored.teams) == (hard * 1_000, many_teams, frozenset(many_teams.split("|")))
    longest = "𝄞" * MAX_KEY
    assert ledger.append(entry(2, who=longest, entity_key=longest, idempotency_key=longest)).who == longest
    for name in ("who", "entity_key", "idempotency_key"):
        with pytest.raises(RejectedEntryError, match=name):
            ledger.append(entry(3, **{name: longest + "x"}))


def test_moments_are_utc_to_the_microsecond_wherever_the_database_stands(ledger: Ledger) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 123_457, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        stored = ledger.append(entry(1))
    assert stored.recorded_at == moment.replace(tzinfo=None)
    assert ledger.entries() == (stored,)
    assert ledger.entries(since=stored.recorded_at) == (stored,)
    assert ledger.entries(since=stored.recorded_at + timedelta(microseconds=1)) == ()


def test_a_ledger_of_the_first_version_is_brought_up_to_date_with_all_that_was_said(installation: Settings) -> None:
    from alembic import command
    from alembic.config import Config

    engine = _engine(installation.ledger_dsn)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with Ledger(engine) as ledger:
        stored = ledger.append_all([entry(n) for n in range(20)])
    with open_ledger(installation) as ledger:
        assert ledger.entries() == stored
        later = ledger.append(entry(21, who_team="t" * 1_000))
        assert ledger.entries() == (*stored, later)
    engine = connect(installation.ledger_dsn)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE entries SET words = 'changed'"))
    engine.dispose()


def test_several_that_open_a_new_ledger_at_once_find_one_and_the_same(installation: Settings) -> None:
    def open_and_say(n: int) -> StoredEntry:
        with open_ledger(installation) as ledger:
            return ledger.append(entry(n))

    with ThreadPoolExecutor(8) as several:
        stored = list(several.map(open_and_say, range(8)))
    with open_ledger(installation) as ledger:
        assert set(ledger.entries()) == set(stored)


def test_many_at_once_with_one_key_get_one_entry(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as several:
        stored = list(several.map(lambda _n: ledger.append(entry(1)), range(40)))
    assert len(set(stored)) == 1
    assert ledger.entries() == (stored[0],)


def test_a_reader_sees_all_of_what_is_stored_together_or_nothing(ledger: Ledger) -> None:
    with ThreadPoolExecutor(1) as writer:
        written = writer.submit(lambda: [ledger.append_all([entry(3 * n + k) for k in range(3)]) for n in range(30)])
        while not written.done():
            assert len(ledger.entries()) % 3 == 0
    assert len(ledger.entries()) == 90


def test_a_writer_who_holds_the_ledger_too_long_makes_others_say_that_it_is_busy(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_core.ledger.engine.WAIT_SECONDS", 1)
    engine = connect(installation.ledger_dsn)
    with open_ledger(installation) as impatient:
        with writing(engine), pytest.raises(LedgerError, match="busy"):
            impatient.append(entry())
        assert impatient.entries() == ()
        assert impatient.append(entry()).id
    engine.dispose()
