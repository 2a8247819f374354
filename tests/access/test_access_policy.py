"""The policy, run in DuckDB as the views run it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import duckdb
import pytest

from crm_core.access import (
    Capability,
    Role,
    SqlFilter,
    Viewer,
    may,
    person_column,
    row_filter,
    scope_key,
    sees_free_text,
    sees_persons,
    system_viewer,
    text_column,
)
from crm_core.access.pseudonyms import pseudonym
from crm_core.errors import CrmError

SEE_ALL = [Role.EXECUTIVE, Role.ANALYST, Role.STEWARD, Role.ADMIN]
STRANGERS = [
    Viewer("demo:E-01", "Nobody", cast("Role", "ceo")),
    Viewer("demo:E-01", "Not a role", cast("Role", "admin")),
    Viewer("  ", "No key", Role.ADMIN),
    cast("Viewer", None),
]


def viewer(role: Role, *teams: str, who: str = "demo:E-01") -> Viewer:
    return Viewer(who, "Ann", role, frozenset(teams))


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("""
        CREATE TABLE mart AS SELECT * FROM (VALUES
            ('mine',      'demo:E-01', 'north', 'team',    'call me'),
            ('private',   'demo:E-01', 'north', 'private', 'my own secret'),
            ('teammate',  'demo:E-02', 'north', NULL,      'said so'),
            ('secret',    'demo:E-02', 'north', 'private', 'HR matter'),
            ('odd',       'demo:E-02', 'north', 'board',   'unknown mark'),
            ('elsewhere', 'demo:E-03', 'south', 'team',    'far away'),
            ('unowned',   NULL,        NULL,    'team',    'nobody''s')
        ) AS t(name, owner_id, team, visibility, note)""")
    return con


def names(con: duckdb.DuckDBPyConnection, condition: SqlFilter, alias: str = "") -> set[str]:
    rows = con.execute(f"SELECT name FROM mart {alias} WHERE {condition.sql}", dict(condition.params)).fetchall()
    return {name for (name,) in rows}


def notes(con: duckdb.DuckDBPyConnection, who: Viewer) -> set[str]:
    column = text_column(who, "note", visibility="visibility", owner="owner_id")
    return {note for (note,) in con.execute(f"SELECT {column} FROM mart").fetchall() if note is not None}


def test_a_rep_sees_only_what_he_owns(con: duckdb.DuckDBPyConnection) -> None:
    assert names(con, row_filter(viewer(Role.REP, "north"))) == {"mine", "private"}


def test_a_manager_sees_his_teams_and_what_he_owns(con: duckdb.DuckDBPyConnection) -> None:
    north = {"mine", "private", "teammate", "secret", "odd"}
    assert names(con, row_filter(viewer(Role.MANAGER, "north"))) == north
    assert names(con, row_filter(viewer(Role.MANAGER, "north", "south"))) == north | {"elsewhere"}
    assert names(con, row_filter(viewer(Role.MANAGER, "south"))) == {"mine", "private", "elsewhere"}
    assert names(con, row_filter(viewer(Role.MANAGER))) == {"mine", "private"}


@pytest.mark.parametrize("role", SEE_ALL)
def test_the_other_roles_see_every_row(con: duckdb.DuckDBPyConnection, role: Role) -> None:
    assert len(names(con, row_filter(viewer(role)))) == 7


@pytest.mark.parametrize("stranger", STRANGERS)
def test_whoever_the_policy_does_not_know_gets_nothing(con: duckdb.DuckDBPyConnection, stranger: Viewer) -> None:
    assert names(con, row_filter(stranger)) == set()
    assert notes(con, stranger) == set()
    assert con.execute(f"SELECT DISTINCT {person_column(stranger, 'owner_id')} FROM mart").fetchall() == [(None,)]
    assert not sees_free_text(stranger)
    assert not sees_persons(stranger)
    assert not any(may(stranger, capability) for capability in Capability)
    assert scope_key(stranger) == ("nobody",)


def test_the_filter_works_twice_in_one_query_and_under_an_alias(con: duckdb.DuckDBPyConnection) -> None:
    mine = row_filter(viewer(Role.REP), "m")
    twice = SqlFilter(f"{mine.sql} AND {mine.sql}", mine.params)
    assert names(con, twice, "m") == {"mine", "private"}
    with pytest.raises(ValueError, match="alias"):
        row_filter(viewer(Role.REP), "m; DROP TABLE mart")


def test_rows_without_an_owner_stay_hidden_even_when_the_filter_is_negated(con: duckdb.DuckDBPyConnection) -> None:
    mine = row_filter(viewer(Role.REP))
    seen = names(con, mine)
    hidden = names(con, SqlFilter(f"NOT {mine.sql}", mine.params))
    assert "unowned" in hidden
    assert seen.isdisjoint(hidden)


def test_a_key_with_a_quote_is_a_key_and_not_sql(con: duckdb.DuckDBPyConnection) -> None:
    nasty = viewer(Role.MANAGER, "x') OR ('1'='1", who="' OR '1'='1")
    assert names(con, row_filter(nasty)) == set()
    assert notes(con, nasty) == {"call me", "said so", "far away", "nobody's"}


def test_private_notes_are_for_their_author_the_steward_and_the_admin(con: duckdb.DuckDBPyConnection) -> None:
    assert {"my own secret", "call me", "said so"} <= notes(con, viewer(Role.REP))
    assert not {"HR matter", "unknown mark"} & (
        notes(con, viewer(Role.REP)) | notes(con, viewer(Role.MANAGER, "north"))
    )
    assert "my own secret" not in notes(con, viewer(Role.MANAGER, "north", who="demo:E-09"))
    for role in (Role.STEWARD, Role.ADMIN):
        assert {"HR matter", "my own secret", "unknown mark"} <= notes(con, viewer(role, who="demo:E-09"))


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ANALYST])
def test_executives_and_analysts_read_no_words(con: duckdb.DuckDBPyConnection, role: Role) -> None:
    assert notes(con, viewer(role)) == set()
    assert not sees_free_text(viewer(role))


def test_text_without_a_visibility_column_is_readable_only_where_words_are(con: duckdb.DuckDBPyConnection) -> None:
    open_text = text_column(viewer(Role.REP), "note", visibility=None, owner=None)
    assert con.execute(f"SELECT count({open_text}) FROM mart").fetchall() == [(7,)]
    private_mark_only = text_column(viewer(Role.REP), "note", visibility="visibility", owner=None)
    assert con.execute(f"SELECT count({private_mark_only}) FROM mart").fetchall() == [(4,)]


def test_analysts_see_stable_pseudonyms_equal_in_sql_and_python(con: duckdb.DuckDBPyConnection) -> None:
    column = person_column(viewer(Role.ANALYST), "name", key="owner_id")
    rows = con.execute(f"SELECT DISTINCT owner_id, {column} FROM mart ORDER BY ALL").fetchall()
    assert rows == [(key, pseudonym(key) if key else None) for (key, _) in rows]
    assert len({alias for _, alias in rows}) == 4
    assert person_column(viewer(Role.REP), "name", key="owner_id") == "(name)"
    assert person_column(viewer(Role.ANALYST), "name", key="owner_id", is_office=True) == "(name)"


def test_pseudonyms_differ_between_installations_and_survive_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pseudonym("demo:E-01")
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path / "other"))
    assert pseudonym("demo:E-01") != first
    from crm_core.access.pseudonyms import _salt_in

    _salt_in.cache_clear()
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    assert pseudonym("demo:E-01") == first
    assert (tmp_path / "ledger" / "pseudonyms.salt").stat().st_mode & 0o077 == 0


def test_a_damaged_salt_is_an_error_and_never_a_weak_pseudonym(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "pseudonyms.salt").write_text("")
    with pytest.raises(CrmError, match="salt"):
        person_column(viewer(Role.ANALYST), "owner_id")


def test_only_analysts_may_not_disagree_and_only_stewards_and_admins_withdraw_for_others() -> None:
    assert {role for role in Role if may(viewer(role), Capability.DISAGREE)} == set(Role) - {Role.ANALYST}
    assert {role for role in Role if may(viewer(role), Capability.NUDGE)} == set(Role) - {Role.ANALYST}
    assert {role for role in Role if may(viewer(role), Capability.WITHDRAW_OWN)} == set(Role)
    assert {role for role in Role if may(viewer(role), Capability.WITHDRAW_ANY)} == {Role.STEWARD, Role.ADMIN}
    models = {Role.ANALYST, Role.STEWARD, Role.ADMIN}
    assert {role for role in Role if may(viewer(role), Capability.CHOOSE_MODEL)} == models
    owners = {Role.MANAGER, Role.EXECUTIVE, Role.STEWARD, Role.ADMIN}
    assert {role for role in Role if may(viewer(role), Capability.RELEASE_STOP)} == owners
    assert not may(viewer(Role.ADMIN), cast("Capability", "launch_rockets"))


def test_two_viewers_share_a_cache_entry_only_if_they_see_the_same() -> None:
    one = Viewer("demo:E-01", "Ann", Role.MANAGER, frozenset({"a", "b"}), frozenset({"EU"}), frozenset({"sales"}))
    same = Viewer("demo:E-01", "Ann B.", Role.MANAGER, frozenset({"b", "a"}), frozenset({"EU"}), frozenset({"sales"}))
    others = [
        Viewer("demo:E-02", "Ann", Role.MANAGER, one.teams, one.regions, one.purposes),
        Viewer("demo:E-01", "Ann", Role.REP, one.teams, one.regions, one.purposes),
        Viewer("demo:E-01", "Ann", Role.MANAGER, one.regions, one.teams, one.purposes),
        Viewer("demo:E-01", "Ann", Role.MANAGER, frozenset({"a', 'b"}), one.regions, one.purposes),
    ]
    assert scope_key(one) == scope_key(same)
    assert len({scope_key(other) for other in others} | {scope_key(one)}) == 5


def test_the_command_line_is_an_admin_with_a_key_of_its_own() -> None:
    assert system_viewer().role is Role.ADMIN
    assert system_viewer().who.startswith("system:")
