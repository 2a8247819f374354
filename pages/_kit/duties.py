"""Who looks after what: the list, the form that assigns, whom to ask about one score, and what nobody looks after."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import streamlit as st

from crm_core import actions
from crm_core.views import steer
from pages._kit import gateway, paper, sending, state, words
from pages._kit.questions import CHURN, Question
from pages._kit.shell import Context, note

PAGE = "pages/steer/responsibilities.py"
FORM, ASKED = "assign_form", "asked_whom"
ROLE, KEY = 0, 1
NOBODY = ""
ADDRESS = re.compile(r"[^@\s<>()\[\]]+@[^@\s<>()\[\]]+\.[^@\s<>()\[\]]+")
STOPS_NOTHING = "a breach is shown and stops nothing"
Held = steer.duties.Responsible


def answer(page: steer.duties.DutiesPage) -> None:
    """Whether everything has somebody, in one line."""
    vacant, away = page.vacant, page.unattended
    if vacant:
        titles = ", ".join(words.plain(role.title) for role in vacant)
        st.error(f"**Nobody looks after:** {titles}.", icon=":material/person_off:")
    if away:
        titles = ", ".join(words.plain(role.title) for role in away)
        st.warning(
            f"**Nobody is there today for:** {titles}. An admin can name a deputy.", icon=":material/event_busy:"
        )
    if not vacant and not away:
        st.markdown(f"#### All {words.number(len(page.roles))} have somebody who is there today.")


def table(ctx: Context, page: steer.duties.DutiesPage) -> None:
    """Each role with what one asks there, owner, deputy, who acts today, since when and by whom."""
    if state.is_phone():
        for role in page.roles:
            with st.container(border=True):
                st.markdown(f"**{words.plain(role.title)}**  \n{words.plain(role.asks)}")
                deputy = f"deputy {words.plain(role.deputy)}, " if role.deputy else ""
                st.markdown(f"{_today(ctx, role)}  \n:small[:gray[{deputy}{_assigned(ctx, role)}]]")
                _edit(page, role)
        return
    widths = [3, 4, 3, 2, 2.5, 1.7] if page.may_assign else [3, 4, 3, 2, 3]
    heads = ["What", "Come here when", "Ask today", "Deputy", "Assigned"]
    for place, head in zip(st.columns(widths), heads, strict=False):
        place.markdown(f":small[:gray[{head}]]")
    for role in page.roles:
        places = st.columns(widths, vertical_alignment="center")
        cells = (
            f"**{words.plain(role.title)}**",
            words.plain(role.asks),
            _today(ctx, role),
            words.plain(role.deputy) or ":gray[nobody]",
            f":small[:gray[{_assigned(ctx, role)}]]",
        )
        for place, cell in zip(places, cells, strict=False):
            place.markdown(cell)
        if page.may_assign:
            with places[-1]:
                _edit(page, role)


def _today(ctx: Context, role: Held) -> str:
    """Who acts today; Markdown."""
    if role.is_vacant and not role.acting:
        return ":red[:material/person_off: **nobody looks after it**]"
    owner = words.plain(role.owner or "the person named by CRM_FAIRNESS_OWNER, who is not among the employees")
    if not role.is_owner_away and not role.is_vacant:
        return owner + _mail(role)
    until = f" until {ctx.day(role.away_until)}" if role.away_until else ""
    why = f"{owner} is away{until}" if not role.is_vacant else "no owner"
    if role.acting:
        return f"**{words.plain(role.acting)}**{_mail(role)} as deputy :small[:gray[({why})]]"
    return f":orange[:material/event_busy: {why}, nobody acts]"


def _mail(role: Held) -> str:
    """A link that writes to whom to ask, where an address is known."""
    if not ADDRESS.fullmatch(role.email):
        return ""
    return f" · [e-mail](mailto:{quote(role.email, safe='@')})"


def _assigned(ctx: Context, role: Held) -> str:
    lost = "somebody assigned has left; " if role.is_lost else ""
    if role.since is None:
        default = "as the data name it" if role.role.startswith("feed:") else "first in line, nobody decided it"
        return f"{lost}{default}" if not role.is_vacant else "nobody decided it"
    by = f" by {words.plain(role.assigned_by)}" if role.assigned_by else ""
    default = ", owner as by default" if role.is_by_default else ""
    return f"{lost}since {ctx.day(role.since)}{by}{default}"


def _edit(page: steer.duties.DutiesPage, role: Held) -> None:
    if page.may_assign and st.button("Assign", key=f"assign_{role.role}", help=f"Who looks after: {role.title}"):
        st.session_state[FORM] = (role.role, uuid.uuid4().hex)


def history(ctx: Context, page: steer.duties.DutiesPage) -> None:
    """Every assignment, for admins."""
    if not page.may_assign:
        note("An admin decides who looks after what.")
        return
    with st.expander(f"What was assigned before ({len(page.history)})"):
        if not page.history:
            note("Nothing was assigned yet: everything is as by default.")
            return
        columns = {
            "When": [ctx.day(row.at) for row in page.history],
            "By": [row.by for row in page.history],
            "What": [row.title for row in page.history],
            "Owner": [row.owner for row in page.history],
            "Deputy": [row.deputy or "nobody" for row in page.history],
        }
        st.dataframe(columns, key="history", hide_index=True, height="content", alt="Assignments, newest first")
        paper.table(columns)


def open_form(ctx: Context, page: steer.duties.DutiesPage) -> None:
    """Show the form if one is open; call it once, at the end of the page."""
    form: tuple[str, str] | None = st.session_state.get(FORM)
    role = next((r for r in page.roles if form and r.role == form[ROLE]), None)
    if form and role and page.may_assign:
        _dialog(ctx, page, role, form[KEY])


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


@st.dialog("Who looks after it?", on_dismiss=forget)
def _dialog(ctx: Context, page: steer.duties.DutiesPage, role: Held, key: str) -> None:
    st.markdown(f"**{words.plain(role.title)}**  \n{words.plain(role.asks)}")
    names = {person.employee_id: f"{person.name} · {person.role}" for person in page.people}
    with st.form(f"assign_form_{key}", border=False):
        owner = _who("Owner", names, _default(role), "" if role.is_by_default else role.owner_id, "assign_owner")
        deputy = _who("Deputy during absence", names, "nobody", role.deputy_id, "assign_deputy")
        note("It counts at once, for everybody, and stays in the history with your name.")
        sent = st.form_submit_button("Assign", type="primary", key="assign_send")
    if not sent:
        return
    if (owner, deputy) == ("" if role.is_by_default else role.owner_id, role.deputy_id) and not role.is_lost:
        st.info("That is how it is already; nothing was stored.")
        return
    request = actions.duties.Assign(role.role, owner or None, deputy or None, key)
    sending.send(lambda: actions.duties.assign(ctx.viewer, request), forget)


def _default(role: Held) -> str:
    return f"as by default: {role.default_name or 'nobody'}"


def _who(label: str, names: Mapping[str, str], none: str, now: str, key: str) -> str:
    choices = [NOBODY, *names]
    index = choices.index(now) if now in choices else 0
    return st.selectbox(label, choices, index, format_func=lambda who: names.get(who, none), key=key)


def button(ctx: Context, entity_id: str, *, key: str, question: Question = CHURN) -> None:
    """The button beside a score that names whom to ask when it looks weird."""
    tip = "Who looks after the data behind this score, the model, and the fairness stop."
    if st.button("Whom to ask", key=f"ask_{key}", type="tertiary", icon=":material/person_search:", help=tip):
        st.session_state[ASKED] = (question.code, entity_id)


def open_asked(ctx: Context) -> None:
    """Show whom to ask if somebody has pressed the button; call it once, at the end of the page."""
    asked: tuple[str, str] | None = st.session_state.pop(ASKED, None)
    if asked:
        _asked(ctx, gateway.whom_to_ask(ctx.viewer, *asked))


@st.dialog("Whom to ask")
def _asked(ctx: Context, found: steer.duties.Asking) -> None:
    st.markdown(f"**{words.plain(found.name)}**: does the score look weird?")
    if found.is_withheld:
        st.markdown("There is no number, because too little is seen. Most of all this source is missing:")
    elif found.reason:
        st.markdown(f"It rests most of all on: *{words.plain(found.reason)}*.")
    if not found.feeds:
        st.markdown(
            "That stands in the CRM's own record: whoever looks after the customer can correct it there."
            if found.reason
            else "No source can be named."
        )
    _lines(ctx, found.feeds)
    _lines(ctx, found.others)
    st.page_link(PAGE, label="All responsibilities", icon=":material/badge:", query_params=state.with_persona({}))


def _lines(ctx: Context, roles: Sequence[Held]) -> None:
    for role in roles:
        st.markdown(f"**{words.plain(role.title)}:** {_today(ctx, role)}  \n:small[:gray[{words.plain(role.asks)}]]")


def vacancies(ctx: Context) -> None:
    """On Data health: what nobody looks after, in red and in words, with the way to the page."""
    vacant = gateway.duties(ctx.viewer).vacant
    if not vacant:
        return
    lines = [
        "**Nobody owns the fairness stop**: " + STOPS_NOTHING
        if role.role == "fairness"
        else f"**Nobody looks after: {words.plain(role.title)}**"
        for role in vacant
    ]
    st.error("  \n".join(f"{line}." for line in lines), icon=":material/person_off:")
    st.page_link(PAGE, label="Responsibilities", icon=":material/badge:", query_params=state.with_persona({}))
