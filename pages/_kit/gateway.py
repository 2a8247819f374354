"""What pages read: the views behind the one cache, which never shows one viewer what was made for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from crm_core import clock, views
from crm_core.access import Viewer, scope_key
from crm_core.settings import settings
from crm_core.views import Frame, Hit, sell, steer, trust

# Enough for a team that looks at the same morning; each entry is a page's worth of rows.
KEPT = 200
Key = tuple[Any, ...]
P = ParamSpec("P")
Page = TypeVar("Page")


def personas() -> tuple[Viewer, ...]:
    """People the demo's switch offers."""
    return _personas((str(settings().data_dir), views.build_key()))


def frame(viewer: Viewer) -> Frame:
    """The header for this viewer."""
    return _frame(_key(viewer), viewer)


def search(viewer: Viewer, text: str) -> tuple[Hit, ...]:
    """What a search finds for this viewer."""
    return _search(_key(viewer), text, viewer)


def risk(viewer: Viewer, chosen: sell.RiskFilter) -> sell.RiskPage:
    """The Risk page for this viewer and these filters."""
    return _page(sell.risk, viewer, chosen)


def today(viewer: Viewer) -> sell.parts.TodayPage:
    """The Today page of this viewer, as it is after what he last did with a suggestion."""
    key = (*_key(viewer, has_opinions=True), views.nudge_key(viewer))
    page: sell.parts.TodayPage = _answer(key, "today", (), {}, sell.today, viewer)
    return page


def leads(viewer: Viewer, chosen: sell.LeadFilter) -> sell.parts.LeadsPage:
    """The Leads page for this viewer and these filters."""
    return _page(sell.leads, viewer, chosen)


def lead(viewer: Viewer, lead_id: str) -> sell.parts.LeadRow:
    """One lead."""
    return _page(sell.lead, viewer, lead_id)


def shown_score(viewer: Viewer, question: str, entity_key: str) -> sell.parts.ShownScore:
    """What this viewer is shown of one score now."""
    return _page(views.shown_score, viewer, question, entity_key)


def account(viewer: Viewer, customer_id: str) -> sell.parts.AccountPage:
    """The Account page of one customer."""
    return _page(sell.account, viewer, customer_id)


def pipeline(viewer: Viewer, chosen: sell.PipelineFilter) -> sell.PipelinePage:
    """The Pipeline page for this viewer and these filters."""
    return _page(sell.pipeline, viewer, chosen)


def deal(viewer: Viewer, deal_id: str) -> sell.parts.DealCard:
    """One deal with its stages."""
    return _page(sell.deal, viewer, deal_id)


def meeting(viewer: Viewer, chosen: steer.MeetingFilter) -> steer.MeetingPage:
    """The Meeting page for this viewer and these filters."""
    return _page(steer.meeting, viewer, chosen)


def explore_choices(viewer: Viewer) -> views.explore.ExploreChoices:
    """What this viewer can choose from on the Explore page."""
    return _page(views.explore.explore_choices, viewer)


def explore(viewer: Viewer, choice: views.explore.ExploreChoice) -> views.explore.ExplorePage:
    """The Explore page for this viewer and this choice."""
    return _page(views.explore.explore, viewer, choice)


def brief(viewer: Viewer, customer_id: str) -> sell.parts.Brief:
    """The brief on one customer, as it is after what the viewer last marked as kept."""
    key = (*_key(viewer, has_opinions=True), views.nudge_key(viewer))
    page: sell.parts.Brief = _answer(key, "brief", (customer_id,), {}, sell.brief, viewer)
    return page


def disagreements(viewer: Viewer) -> trust.DisagreementsPage:
    """The ledger as this viewer may see it."""
    return _page(trust.disagreements, viewer)


def who_was_right(viewer: Viewer) -> trust.parts.WhoWasRightPage:
    """Who was nearer to what came, people or the model, by groups."""
    return _page(trust.who_was_right, viewer)


def own_balance(viewer: Viewer) -> sell.parts.OwnBalance:
    """This viewer's own balance, for nobody else."""
    return _page(sell.own_balance, viewer)


def model(viewer: Viewer, question: str) -> trust.ModelPage:
    """How far the model of one question can be trusted."""
    return _page(trust.model, viewer, question)


def proof(viewer: Viewer, question: str) -> trust.parts.Proof:
    """What backs the word of one question's model."""
    return _page(trust.proof, viewer, question)


def fairness(viewer: Viewer, question: str) -> trust.fairness.FairnessPage:
    """Whether the model of one question is fair to everybody."""
    return _page(trust.fairness.fairness_page, viewer, question)


def data_health(viewer: Viewer) -> trust.DataHealthPage:
    """Streams, what has landed, and what waits."""
    return _page(trust.data_health, viewer)


def unseen(viewer: Viewer) -> trust.unseen.UnseenPage:
    """Whose work no source sees."""
    return _page(trust.unseen.unseen, viewer)


def fault_rows(viewer: Viewer) -> tuple[trust.FaultRow, ...]:
    """The rows that wait, one by one."""
    return _page(trust.fault_rows, viewer)


def _page(view: Callable[Concatenate[Viewer, P], Page], viewer: Viewer, *chosen: P.args, **more: P.kwargs) -> Page:
    """What a view of `crm_core.views` answers, from the cache if nothing it depends on has changed."""
    key = _key(viewer, has_opinions=True)
    name = f"{view.__module__}.{view.__qualname__}"
    page: Page = _answer(key, name, chosen, more, view, viewer)
    return page


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _answer(key: Key, name: str, chosen: Key, more: dict[str, Any], _view: Callable[..., Any], _viewer: Viewer) -> Any:
    return _view(_viewer, *chosen, **more)


def _key(viewer: Viewer, *, has_opinions: bool = False) -> Key:
    """Everything an answer depends on beside its arguments: who asks, which build, what was said, and the day."""
    key: Key = (scope_key(viewer), str(settings().data_dir), views.build_key())
    return (*key, views.ledger_key(), clock.today()) if has_opinions else key


@st.cache_data(max_entries=5, show_spinner=False)
def _personas(key: Key) -> tuple[Viewer, ...]:
    return views.personas()


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _frame(key: Key, _viewer: Viewer) -> Frame:
    return views.frame(_viewer)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _search(key: Key, text: str, _viewer: Viewer) -> tuple[Hit, ...]:
    return views.search(_viewer, text)
