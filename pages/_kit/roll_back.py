"""All versions of a model, and the one action that lets an older one score again."""

from __future__ import annotations

import uuid

import streamlit as st

from crm_core import actions
from crm_core.access import Capability, may
from crm_core.views import trust
from pages._kit import files, paper, sending, state, words
from pages._kit.model import listed
from pages._kit.shell import Context, note

STATES = {"in use": "in use", "earlier": "in use before", "kept": "kept, not published"}
KEY = "model_choice_key"
GATE = 0
GATE_SAID, TALL = "What the gate said", 64


def versions(ctx: Context, proof: trust.parts.Proof) -> None:
    """Which versions there are, what the gate said of them, who chose among them."""
    if not proof.versions:
        note("No version is stored yet.")
        return
    told = chosen(ctx, proof)
    if told:
        st.info(told, icon=":material/how_to_reg:")
    if "does not serve" in proof.note:
        st.warning(words.plain(proof.note[:1].upper() + proof.note[1:] + "."), icon=":material/report:")
    if state.is_phone():
        listed("Newest first", [_line(version) for version in proof.versions])
    else:
        _table(proof)
    note(
        "The gate lets a new version score only if it ranks at least 95 % as well as the one before on the newest test "
        "cases, its numbers are no worse beyond noise, and no group is treated too differently."
    )
    if may(ctx.viewer, Capability.CHOOSE_MODEL):
        _form(ctx, proof)
    else:
        note("An analyst or a data steward can let an older version score again.")


def chosen(ctx: Context, proof: trust.parts.Proof) -> str:
    """What a person decided and from when on it counts; Markdown; empty where the gate decides."""
    choice = proof.choice
    if choice is None:
        return ""
    who, when = words.plain(choice.who_name), ctx.day(choice.recorded_at)
    why = f" “{words.plain(choice.why)}”" if choice.why else ""
    if choice.version is None:
        return f"{who} gave the choice back to the gate on {when}.{why} It counts from the next build on."
    since = "It stays until somebody chooses again." if choice.is_in_build else "It counts from the next build on."
    return f"{who} chose version {choice.version} on {when}.{why} {since}"


def _pairs(version: trust.parts.Version) -> str:
    if version.auc is None:
        return words.NOTHING
    return f"{words.of_100(version.auc)} ({words.span(version.auc_low, version.auc_high)})"


def _line(version: trust.parts.Version) -> str:
    off = f", its numbers are off by {words.number(version.ece * 100, 1)} of 100" if version.ece is not None else ""
    why = f" {words.plain(version.reason[:1].upper() + version.reason[1:])}." if version.reason else ""
    return (
        f"**Version {version.version}** ({STATES[version.state]}, as of {words.day(version.trained_on, 0)}): "
        f"ranks {_pairs(version)} of 100 pairs rightly{off}.{why}"
    )


def _table(proof: trust.parts.Proof) -> None:
    rows = proof.versions
    columns = {
        "Version": [v.version for v in rows],
        "Trained as of": [words.day(v.trained_on, 0) for v in rows],
        "State": [STATES[v.state] for v in rows],
        "Pairs ranked rightly, of 100": [_pairs(v) for v in rows],
        "Numbers off by, of 100": [words.NOTHING if v.ece is None else words.number(v.ece * 100, 1) for v in rows],
        GATE_SAID: [v.reason or ("published" if v.is_choosable else words.NOTHING) for v in rows],
    }
    st.dataframe(
        files.on_screen(columns),
        key="versions",
        hide_index=True,
        row_height=TALL if any(v.reason for v in rows) else None,
        column_config={GATE_SAID: st.column_config.TextColumn(width=400)},
    )
    paper.table(columns)


def _form(ctx: Context, proof: trust.parts.Proof) -> None:
    """The choice: which version, and why."""
    offered = [v.version for v in proof.versions if v.is_choosable and v.state != "in use"]
    if proof.choice is not None and proof.choice.version is not None:
        offered.append(GATE)
    if not offered:
        note("There is no other version to go back to yet: only one that was in use before can be chosen.")
        return
    with st.expander("Go back to an older version"), st.form("choose_model", border=False):
        version = st.selectbox("Which one scores?", offered, index=None, format_func=_offer, key="choose_version",
                               placeholder="Choose")  # fmt: skip
        reason = st.text_area("Why? Others will read it beside the model.", key="choose_why", height=80)
        note(
            "It counts from the next build on, for everybody, until somebody chooses again. Scores already published "
            "stay as they are. Training goes on; newer versions are kept aside. It is logged with your name."
        )
        sent = st.form_submit_button("Let it score", type="primary", key="choose_send")
    if sent:
        _send(ctx, proof.question, version, reason)


def _offer(version: int) -> str:
    return "Let the gate decide again" if version == GATE else f"Version {version}"


def _send(ctx: Context, question: str, version: int | None, reason: str) -> None:
    if version is None:
        st.error("Choose a version. Nothing was stored yet.")
        return
    key = st.session_state.setdefault(KEY, uuid.uuid4().hex)
    choice = actions.models.ModelChoice(question, None if version == GATE else version, reason, key)
    sending.send(lambda: actions.models.choose_model(ctx.viewer, choice), lambda: st.session_state.pop(KEY))
