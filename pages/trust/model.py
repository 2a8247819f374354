"""Model: how far it can be trusted, for a manager first and for an analyst below."""

from __future__ import annotations

import streamlit as st

from pages._kit import fairness, gateway, model, model_pictures, proof, shell, state, whose_word, words

KEYS = ("question",)

ctx = shell.context()
top = st.container()
state.recall("model", KEYS)
question = model.choice()
state.keep("model", KEYS)
with top:
    shell.header(ctx, "How far can the model be trusted?", question)
page = gateway.model(ctx.viewer, question)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()
if page.status == "none":
    st.warning("  \n".join(model.no_model(page)), icon=":material/rule:")
    model.listed("What it was tried on", list(model.data_used(page)))
    backed = gateway.proof(ctx.viewer, question)
    proof.blocks(ctx, page, backed)
    whose_word.section(ctx, backed.whose_word)
    fairness.section(ctx, question)
    model.for_analysts(ctx, page)
    st.stop()

model.answers(page)
shell.note(words.plain(model.age(ctx, page)))
if model.kept_back(page):
    st.info(words.plain(model.kept_back(page)), icon=":material/shield:")
left, right = st.columns(2, gap="medium")
if page.levels:
    with left:
        model_pictures.said_and_came(ctx, page)
if page.tops:
    with right:
        model_pictures.found_among(ctx, page)
left, right = st.columns(2, gap="medium")
if page.drivers:
    with left:
        model_pictures.drivers(ctx, page)
with right:
    model.listed("What it cannot know", list(model.unknown(page)))
    model.listed("What it has learned from", list(model.data_used(page)))
backed = gateway.proof(ctx.viewer, question)
proof.blocks(ctx, page, backed)
if model.people_told(page):
    st.subheader("What people told us", anchor=False)
    st.markdown(words.plain(model.people_told(page)))
whose_word.section(ctx, backed.whose_word)
fairness.section(ctx, question)
model.for_analysts(ctx, page)
