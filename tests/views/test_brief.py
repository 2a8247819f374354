"""The brief, worked out by hand on the company that talks; and who reads which words of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from crm_core import actions, views
from crm_core.errors import AccessDeniedError
from tests.views.company import PEOPLE
from tests.views.test_policy import words_in

pytestmark = pytest.mark.usefixtures("talking")
WORDS = {"will send the draft by Friday", "promised in private", "promised by another", "it burns", "too slow"}


def test_the_brief_holds_what_one_must_know() -> None:
    page = views.sell.brief(PEOPLE["north"], "crm:1")
    assert (page.name, page.yearly_value, page.renewal_on, page.is_auto_renew) == (
        "ACME Manufacturing", 1200.0, date(2026, 8, 1), False,
    )  # fmt: skip
    assert [(p.words, p.is_kept, p.due_on, p.n_contacts_since) for p in page.promises] == [
        ("will send the draft by Friday", False, date(2026, 7, 3), 1),
        ("promised in private", False, date(2026, 7, 3), 2),
    ]
    assert [t.words for t in page.tickets] == ["it burns"]
    assert page.mood.now == pytest.approx((-0.8 - 0.6 - 0.7 + 0.5 + 0.5) / 5)
    assert page.mood.before == pytest.approx(0.5)
    assert (page.mood.nps, page.mood.nps_words, page.mood.csat, page.mood.n_csat) == (4.0, "too slow", 2.0, 1)
    assert [p.full_name for p in page.people] == ["Max Stay", "Jane Roe"]
    assert len(page.contacts) == 3
    assert {talk.kind for talk in page.contacts} == {"call"}


def test_what_to_ask_begins_with_our_promise() -> None:
    asked = views.sell.brief(PEOPLE["north"], "crm:1").questions
    assert asked == (
        "Have they got what we said we would do: “will send the draft by Friday”?",
        "Is “it burns” still in their way? It has been open for 10 days.",
        "Will they go on when the contract ends in 32 days? Nothing is signed.",
        "Who has taken over from Jane Roe (decision maker)?",
        "What has changed for them? The last talks went worse than those before.",
    )


def test_a_promise_that_was_marked_as_kept_is_asked_for_no_more() -> None:
    north = PEOPLE["north"]
    key = views.sell.brief(north, "crm:1").promises[0].promise_id
    actions.nudge(north, actions.Nudge("promise", key, "kept", "click-number-1"))
    page = views.sell.brief(north, "crm:1")
    assert [p.is_kept for p in page.promises] == [True, False]
    assert "promised in private" in page.questions[0]
    assert not any(p.is_kept for p in views.sell.brief(PEOPLE["manager"], "crm:1").promises), "a mark is private"


@pytest.mark.parametrize(
    ("who", "readable"),
    [
        ("north", WORDS - {"promised by another"}),
        ("manager", WORDS - {"promised by another", "promised in private"}),
        ("executive", set()),
        ("analyst", set()),
        ("steward", WORDS),
        ("admin", WORDS),
    ],
)
def test_words_are_read_by_those_who_may(who: str, readable: set[str]) -> None:
    page = views.sell.brief(PEOPLE[who], "crm:1")
    shown = words_in(asdict(page))
    assert {word for word in WORDS if any(word in text for text in shown)} == readable
    assert page.n_promises == len([p for p in readable if "promised" in p or "draft" in p]), "not even their number"


def test_an_analyst_reads_no_name_of_a_person() -> None:
    shown = words_in(asdict(views.sell.brief(PEOPLE["analyst"], "crm:1")))
    for name in ("Jane Roe", "Max Stay", "Rep North", "Rep South"):
        assert not [text for text in shown if name in text]


def test_out_of_scope_and_unknown_are_not_told_apart() -> None:
    for key in ("crm:7", "crm:99", ""):
        with pytest.raises(AccessDeniedError, match="Not in your scope"):
            views.sell.brief(PEOPLE["north"], key)


def test_who_has_left_is_asked_something_else() -> None:
    page = views.sell.brief(PEOPLE["north"], "crm:6")
    assert page.left_on is not None
    assert page.questions == ("What would have to be different for them to come back?",)


def test_hardly_anything_known_is_a_brief_too() -> None:
    page = views.sell.brief(PEOPLE["south"], "crm:7")
    assert (page.promises, page.tickets, page.contacts, page.mood.now, page.mood.nps) == ((), (), (), None, None)
