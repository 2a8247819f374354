"""How far a model can be trusted, said in words a manager reads once, and in figures for an analyst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from crm_core.views import trust
from pages._kit import files, paper, words
from pages._kit.shell import Context, note

QUESTIONS = ("churn", "lead")
TOP = 0.1


@dataclass(frozen=True)
class Saying:
    """How a question speaks: of whom, what came true, what they do."""

    one: str
    did: str
    do: str


SAYINGS = {"churn": Saying("customer", "left", "leave"), "lead": Saying("lead", "bought", "buy")}


def choice() -> str:
    """Which model: in the address as `question`."""
    chosen = st.segmented_control(
        "Model", QUESTIONS, default="churn", required=True, key="question", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen if chosen in QUESTIONS else "churn"


def word_kept(page: trust.ModelPage) -> str:
    """Whether its numbers are right, at the level that matters."""
    level, say = page.telling, SAYINGS[page.question]
    if level is None:
        return ""
    said, came = words.of_100(level.said), words.of_100(level.came)
    return f"When it says about {said} of 100, {came} {say.did} (of {words.counted(level.n, 'such case')})."


def found_at_top(page: trust.ModelPage) -> str:
    """How many it finds among those it ranks highest."""
    top, say = at_top(page), SAYINGS[page.question]
    if top is None:
        return ""
    times = f"{words.number(top.lift, 1)} times as many as by chance"
    share, found = f"{top.share:.0%}".replace("%", " %"), f"{top.found:.0%}".replace("%", " %")
    return f"Among the {share} it ranks highest it finds {found} of those who {say.do}, {times}."


def right_at_top(page: trust.ModelPage) -> str:
    """How often it is right among those it ranks highest."""
    top, say = at_top(page), SAYINGS[page.question]
    if top is None:
        return ""
    usual = f"; usual are {words.of_100(page.base_rate)}" if page.base_rate is not None else ""
    share = f"{top.share:.0%}".replace("%", " %")
    return (
        f"Of 100 {say.one}s in its top {share}, {words.of_100(top.rate)} {say.did} "
        f"({words.span(top.low, top.high)}, from {words.counted(top.n, 'case')}){usual}."
    )


def at_top(page: trust.ModelPage) -> trust.parts.Top | None:
    """The highest ranked tenth, if the card knows it."""
    return next((top for top in page.tops if abs(top.share - TOP) < 1e-9), None)


def age(ctx: Context, page: trust.ModelPage) -> str:
    """How old the model is, and when it is trained again."""
    if page.trained_on is None or page.retrain_on is None:
        return ""
    old = words.counted(max(0, page.age_days or 0), "day")
    if page.retrain_on <= ctx.frame.as_of:
        again = "The next build trains it again."
    else:
        again = f"The first build with data of {words.day(page.retrain_on, 0)} or later trains it again."
    return f"Version {page.version}, trained as of {words.day(page.trained_on, 0)}: {old} old by the data. {again}"


def people_told(page: trust.ModelPage) -> str:
    """Whether what people told us would make the model better, in plain words."""
    found = page.people
    if found is None:
        return ""
    cases = f"people had told us something about {words.counted(found.n_test, 'test case')}"
    if found.brier_gain is None or found.brier_low is None or found.brier_high is None:
        so_far = f"so far {words.number(found.n_train)} cases to learn from; {cases}"
        return f"What people told us is not in the model yet: {found.reason} ({so_far})."
    low, gain, high = (
        f"{x * 100:+.2f}".replace("-", "−") for x in (found.brier_low, found.brier_gain, found.brier_high)
    )
    by = f"{gain} ({low} to {high}; 0 is right and sure, 25 says nothing)"
    if found.is_used:
        return f"What people told us is used: without it the model would be off by more, {by}; {cases}."
    why = "does not make the model better beyond chance yet" if found.brier_low <= 0 else f"is not used: {found.reason}"
    return f"What people told us {why}. With it the model would be off by less, {by}; {cases}."


def no_model(page: trust.ModelPage) -> Iterator[str]:
    """Why there is no model, what is missing, and what stands in for it."""
    say = SAYINGS[page.question]
    if page.missing_positives or page.missing_negatives:
        yield "**No model: too little data.**"
        others = page.n_entities - page.positive_entities
        for n, needed, missing, did in (
            (page.positive_entities, page.min_positives, page.missing_positives, say.did),
            (others, page.min_negatives, page.missing_negatives, "did not"),
        ):
            if missing:
                lack = words.number(missing)
                yield f"{words.counted(n, say.one)} {did}; a model needs {words.number(needed)}, so {lack} are missing."
    elif page.reason.startswith("no signal"):
        yield "**No model: no signal.**"
        yield f"On cases it had not seen it ranked those who {say.do} no better than chance would."
    else:
        yield f"**No model:** {words.plain(page.reason or 'nothing was trained')}."
    yield f"Meanwhile the lists are ordered by simple signs that anybody can check, never by a chance{_signs(page)}."


def _signs(page: trust.ModelPage) -> str:
    return f": {words.plain('; '.join(page.rules))}" if page.rules else ""


def kept_back(page: trust.ModelPage) -> str:
    """Why a newer model does not serve, if there is one."""
    if "not published" in page.note or " is kept: " in page.note:
        return f"A newer training did not replace this model: {page.note}."
    return ""


def unknown(page: trust.ModelPage) -> Iterator[str]:
    """What the model cannot know, the gravest first; Markdown."""
    say = SAYINGS[page.question]
    for spot in page.blind_spots:
        owner = f" Ask {words.plain(spot.feed.owner)}." if spot.feed.owner else ""
        yield (
            f"**{words.plain(spot.feed.title)} has been silent for {words.counted(spot.feed.days, 'day')}:** "
            f"{words.number(spot.n_signs)} of its {words.counted(page.n_features, 'sign')} rest on it.{owner}"
        )
    for source in page.unlogged:
        yield (
            f"**What is not logged through {words.plain(source.title)}:** for these colleagues it sees little or "
            f"nothing, so silence there tells nothing: {', '.join(map(words.plain, source.owners))}."
        )
    if page.is_thin:
        yield f"**Few cases:** it has seen only {words.counted(page.positive_entities, say.one)} that {say.did}."
    for kind, what in _LEFT_OUT.items():
        names = [words.plain(left.label) for left in page.left_out if left.kind == kind]
        if names:
            more = f" and {words.number(len(names) - 6)} more" if len(names) > 6 else ""
            yield f"**{what}:** {', '.join(names[:6])}{more}."
    yield "**What nobody wrote down:** a call that was not logged, a talk at a fair, a plan in somebody's head."


_LEFT_OUT = {
    "protected": "Never used, because it is protected",
    "after": "Never used, because it is known only afterwards",
    "leak": "Not used, because it would give the answer away",
    "empty": "No data have come about",
}


def data_used(page: trust.ModelPage) -> Iterator[str]:
    """What the model has learned from and was tested on; Markdown."""
    say = SAYINGS[page.question]
    first, last, test_first, test_last = (words.day(day, 0) if day else "" for day in page.periods)
    learned = f" from {first} to {last}" if first and last else ""
    tested = f" from {test_first} to {test_last}" if test_first and test_last else ""
    people = f" of {words.counted(page.entities_test, say.one)}" if page.entities_test else ""
    yield (
        f"The outcome of {words.counted(page.n_entities, say.one)} is known: "
        f"{words.number(page.positive_entities)} {say.did}. "
        f"A case is one {say.one} on one day."
    )
    yield f"Learned from {words.counted(page.n_train, 'case')}{learned}."
    true = words.number(page.positives_test)
    yield f"Tested on {words.counted(page.n_test, 'case')}{people}{tested}; in {true} it came true."
    if page.split == "time":
        yield (
            "The test lies later than all it has learned from, with at least 90 days between, so that no outcome "
            "counts on both sides."
        )
    elif page.split == "folds":
        yield f"Each {say.one} was tested by a model that had not seen it (five parts in turn)."


def answers(page: trust.ModelPage) -> None:
    """The three answers, side by side."""
    told = (
        ("Are its numbers right?", word_kept(page)),
        ("Does it find them?", found_at_top(page)),
        ("How often is it right at the top?", right_at_top(page)),
    )
    if not any(sentence for _, sentence in told):
        note("This card holds no figures yet.")
        return
    for place, (asked, sentence) in zip(st.columns(3, gap="small"), told, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f":small[:gray[{asked}]]\n\n#### {words.plain(sentence or 'The card does not say.')}")


def listed(title: str, sentences: Sequence[str]) -> None:
    """A heading and its sentences, one block."""
    st.markdown(f"##### {title}\n" + "\n".join(f"- {sentence}" for sentence in sentences))


def for_analysts(ctx: Context, page: trust.ModelPage) -> None:
    """Figures that need a trained eye, and the whole card as a file."""
    with st.expander("Figures for analysts"):
        st.markdown(_figures(page))
        if page.drivers:
            st.dataframe(
                {
                    "Sign": [d.label for d in page.drivers],
                    "Share": [d.share * 100 for d in page.drivers],
                    "Looks at": [d.window for d in page.drivers],
                    "Comes from": [d.feed for d in page.drivers],
                    "May mislead": [d.misleads for d in page.drivers],
                },
                key="drivers",
                hide_index=True,
                height=240,
                column_config={"Share": st.column_config.NumberColumn(format="%.1f %%", help="Of what moves scores.")},
            )
        if page.left_out:
            left = {"Left out": [o.label for o in page.left_out], "Why": [o.reason for o in page.left_out]}
            st.dataframe(files.on_screen(left), key="left_out", hide_index=True)
            paper.table(left)
        st.download_button(
            "Download card.json",
            page.card.encode(),
            file_name=f"card-{page.question}-{page.version}.json",
            mime="application/json",
            on_click="ignore",
            key="download",
        )


def _figures(page: trust.ModelPage) -> str:
    f = page.figures
    rows = (
        ("AUC", f"{_n(f['auc'])} ({_n(f['auc_low'])} to {_n(f['auc_high'])})", "ranks a pair rightly; 0.5 is chance"),
        ("Average precision", _n(f["average_precision"]), f"base rate {_n(page.base_rate)}"),
        ("Brier score", _n(f["brier"]), f"{_n(f['brier_base'])} for always saying the base rate; lower is better"),
        ("Log loss", _n(f["log_loss"]), "lower is better"),
        ("Calibration error", _n(f["ece"]), "mean distance of said and came, ten groups"),
        ("Trees", words.number(page.trees), f"{words.counted(page.n_features, 'sign')} used"),
        (
            "Cases",
            f"{words.number(page.n_train)} / {words.number(page.n_calibrate)} / {words.number(page.n_test)}",
            "trained / calibrated / tested",
        ),
        ("Contract", f"`{page.contract_hash or words.NOTHING}`", "fingerprint of features and their encoding"),
    )
    head = "| figure | value | how to read it |\n|---|---|---|\n"
    return head + "\n".join(f"| {name} | {value} | {how} |" for name, value, how in rows)


def _n(value: float | None) -> str:
    return words.NOTHING if value is None else f"{value:.3f}"
