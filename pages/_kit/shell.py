"""The frame of every page: who is looking, what stands above, and what is said when something is missing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import streamlit as st

from crm_core import clock
from crm_core.access import Role, Viewer
from crm_core.errors import AccessDeniedError, CrmError
from crm_core.settings import settings
from crm_core.views import Frame
from pages._kit import gateway, search, state, words
from pages._kit.charts import Caption

log = logging.getLogger(__name__)
VIEWER = "_viewer"
PAGES = Path(__file__).resolve().parent.parent
# Which page answers the first question of the morning; Risk everybody else's.
FIRST = {
    Role.REP: "sell/today.py",
    Role.EXECUTIVE: "steer/meeting.py",
    Role.ANALYST: "explore/explore.py",
    Role.STEWARD: "trust/data_health.py",
}


@dataclass(frozen=True)
class Context:
    """What a page knows before it asks for anything."""

    viewer: Viewer
    frame: Frame
    currency: str

    @property
    def caption(self) -> Caption:
        """What stands under the page's pictures."""
        return Caption(self.frame.as_of, self.currency)

    def day(self, moment: object) -> str:
        """A day, without its year where that is the year of the data."""
        return words.day(moment, self.frame.as_of.year)  # type: ignore[arg-type]


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever fails inside is said in words: what, why, what to do. The cause goes to the log."""
    try:
        yield
    except AccessDeniedError as error:
        say(error)
    except CrmError as error:
        log.warning("%s", error)
        say(error)
    except Exception:
        log.exception("a page could not be shown")
        remedy = "run `python -m crm_core build`, then reload; the server's log names the cause"
        say(CrmError("This page cannot be shown", why="the current build cannot be read as it is", remedy=remedy))


def say(error: CrmError) -> None:
    """One clear message in place of what could not be shown."""
    with st.container(border=True, key="message"):
        st.subheader(words.plain(error.what), anchor=False)
        if error.why or error.where:
            st.text(". ".join(part for part in (error.why, error.where) if part).capitalize() + ".")
        if error.remedy:
            st.markdown(f"**What to do:** {error.remedy}.")


def sidebar() -> None:
    """Search, and who is looking: the demo's switch between persons, on this machine only."""
    st.session_state.pop(VIEWER, None)
    far = far_away(dict(st.context.headers))
    if far:
        raise AccessDeniedError(
            "The demo is for this machine only",
            why=f"the request came from elsewhere ({far}), and without sign-in anybody could choose who to be",
            remedy="open http://localhost in a browser on the machine that serves",
        )
    known = gateway.personas()
    viewer = state.viewer_now(known)
    names = {v.who: f"{v.name} · {v.role.value}" for v in known}
    with st.sidebar:
        search.box(viewer)
        st.selectbox(
            "You look as",
            list(names),
            format_func=lambda who: names.get(who, who),
            key=state.PERSONA,
            on_change=state.persona_chosen(state.default_viewer(known).who),
            help="The demo lets you be anybody. What you see follows: rows, names and notes.",
        )
        note(words.plain(f"{words.role(viewer).capitalize()}, {words.scope(viewer)}."))
    st.session_state[VIEWER] = viewer


def first_page() -> str:
    """The page that the front door opens for who is looking, as far as there is one."""
    viewer: Viewer = st.session_state[VIEWER]
    page = FIRST.get(viewer.role, "")
    return f"pages/{page}" if page and (PAGES / page).exists() else "pages/sell/risk.py"


def far_away(headers: dict[str, str]) -> str:
    """Where a request came from, if not from this machine's own address; a forwarded one counts as far."""
    given = {name.lower(): value for name, value in headers.items()}
    for name in ("x-forwarded-host", "x-forwarded-for", "forwarded"):
        if name in given:
            return given[name]
    host = given.get("host", "localhost").rsplit(":", 1)[0].strip("[]") if "host" in given else "localhost"
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = host in {"localhost", "testserver"}
    return "" if is_here else host


def context() -> Context:
    """Who is looking, at which build."""
    viewer: Viewer = st.session_state[VIEWER]
    return Context(viewer, gateway.frame(viewer), settings().currency)


def same_person(viewer: Viewer) -> Viewer:
    """The viewer as he is known now: a form stays open while somebody's role changes.

    Raises
    ------
    AccessDeniedError
        He is not known any more.
    """
    now = next((known for known in gateway.personas() if known.who == viewer.who), None)
    if now is None:
        raise AccessDeniedError("You are not known any more", remedy="reload the page; ask who looks after the users")
    return now


def header(ctx: Context, title: str, question: str = "", facts: str = "") -> None:
    """Title, the line of facts under it, an amber line for feeds that have gone silent, and a receipt if there is one.

    Parameters
    ----------
    title : str
        Markdown; names of customers must have gone through `words.plain`.
    question : str
        Question whose model the page shows.
    facts : str
        Markdown; a line under the title about what the page is about.
    """
    state.on_page(f"{ctx.viewer.who} {title}")
    st.title(title, anchor=False)
    if facts:
        st.markdown(facts)
    frame = ctx.frame
    version = frame.models.get(question)
    parts = [f"as of {words.day(frame.as_of, 0)}", f"built {words.age(frame.built_at, clock.utc_now())}"]
    if question:
        parts.append(f"model {question} {version}" if version else f"no {question} model")
    seen = (frame.n_leads, "lead") if question == "lead" else (frame.n_customers, "customer")
    parts.append(f"{words.counted(*seen)} in your scope")
    note(" · ".join(parts), tip=f"Build {frame.build_id}. Nothing known after the day is used.")
    for feed in frame.silent_feeds:
        owner = f"ask {feed.owner}" if feed.owner else "nobody looks after it"
        silent = f"{words.plain(feed.title)} has been silent for {words.counted(feed.days, 'day')}"
        st.markdown(f":small[:orange[:material/warning: {silent}: {words.plain(owner)}.]]")
    if frame.n_foreign:
        whose = words.counted(frame.n_foreign, "customer")
        st.markdown(
            f":small[:orange[:material/warning: Sums of money are incomplete: {whose} with contracts in a currency "
            "without a rate (CRM_RATES).]]"
        )
    receipt()


def note(text: str, tip: str | None = None) -> None:
    """Small print that is still legible; Markdown."""
    st.markdown(f":small[:gray[{text}]]", help=tip)


def receipt() -> None:
    """What was stored a moment ago, once."""
    message = st.session_state.pop(state.RECEIPT, None)
    if message:
        st.success(words.plain(message), icon=":material/check:")
        # The top of the page may be out of sight.
        st.toast(words.plain(message), icon=":material/check:")


def empty(why: str) -> None:
    """An empty state: one sentence that says what to do next."""
    with st.container(border=True, key="empty"):
        st.markdown(words.plain(why))
