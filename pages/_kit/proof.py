"""What backs a model's word, one tab per question a careful person asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import streamlit as st

from crm_core.views import trust
from pages._kit import paper, proof_pictures, roll_back, state, words
from pages._kit.model import SAYINGS, listed
from pages._kit.shell import Context, note

KINDS = {"segment": "Segment", "region": "Region", "evidence_level": "How much is seen"}
EVIDENCE = {"full": "seen in full", "partial": "seen in part", "thin": "hardly seen"}
HAD = {"full": "had full evidence", "partial": "had partial evidence", "thin": "had hardly any evidence"}
NOTHING = "nothing is known yet"
LEVELS = {"strong": "very different", "some": "somewhat different"}
TABS = ("For every group?", "In past months?", "Still the same data?", "Enough outcomes?", "Which versions?")
SIGNS_TOLD = 6
GONE = 0.2


def blocks(ctx: Context, page: trust.ModelPage, proof: trust.parts.Proof) -> None:
    """The five tabs; a question without a model has the same ones, as far as there is anything to tell."""
    st.markdown("##### Can one rely on it?")
    groups, past, moved, meter, versions = st.tabs(TABS, key="proof")
    with groups:
        by_group(ctx, page, proof)
    with past:
        by_month(ctx, proof)
    with moved:
        since_training(ctx, proof)
    with meter:
        enough(page)
    with versions:
        roll_back.versions(ctx, proof)


def part_name(part: trust.parts.Part) -> str:
    """A part as people call it."""
    if not part.value:
        return f"{words.counted(part.n_values, 'small one')} together"
    return EVIDENCE.get(part.value, part.value) if part.kind == "evidence_level" else part.value


def part_told(part: trust.parts.Part, question: str) -> str:
    """One part as a sentence; Markdown."""
    say, name = SAYINGS[question], words.plain(part_name(part))
    if part.is_few:
        return (
            f"**{name}:** too few to judge ({words.counted(part.n, 'case')}, {words.number(part.positives)} {say.did})."
        )
    verdict = ""
    if part.is_off:
        verdict = " **It says too " + ("much" if part.said > part.came else "little") + " here.**"
    return (
        f"**{name}:** it said {words.of_100(part.said)} of 100, {words.of_100(part.came)} {say.did} "
        f"({words.span(part.low, part.high)}, of {words.counted(part.entities, say.one)}).{verdict}"
    )


def parts_told(proof: trust.parts.Proof) -> str:
    """Whether it keeps its word everywhere, in one sentence."""
    judged = [part for part in proof.parts if not part.is_few]
    off = [part for part in judged if part.is_off]
    if not judged:
        return "No group has enough cases yet to be judged on its own."
    if not off:
        return f"In all {words.number(len(judged))} groups it came as it said, within what chance explains."
    names = ", ".join(words.plain(part_name(part)) for part in off)
    return (
        f"In {words.number(len(judged) - len(off))} of {words.number(len(judged))} groups it came as it said, within "
        f"what chance explains. Not so for {names}: lean less on its number there."
    )


def evidence_told(proof: trust.parts.Proof) -> str:
    """How many scores of today rest on less than the test cases did; '' where every level was tested. Markdown."""
    parts = [part for part in proof.parts if part.kind == "evidence_level"]
    total = sum(n for _, n in proof.levels_today)
    lone = parts[0].value if len(parts) == 1 else ""
    tested = {lone} if lone else proof.levels_tested if parts else {"full"}
    n = sum(n for level, n in proof.levels_today if level not in tested)
    said = "The test cases were not told apart by evidence"
    if parts:
        said = (
            f"All test cases {HAD.get(lone, HAD['thin'])}" if lone else "Some levels of evidence had too few test cases"
        )
    if not n:
        return f"{said}, as have all scores of today." if lone and total else ""
    other = "less" if tested == {"full"} else "another level"
    return f"{said}; {words.number(n)} of today's {words.counted(total, 'score')} rest on {other}, for which {NOTHING}."


def by_group(ctx: Context, page: trust.ModelPage, proof: trust.parts.Proof) -> None:
    """Does it keep its word for each segment, region and evidence level?"""
    if not proof.parts:
        note("This model was trained before groups were told apart. The next training measures them.")
        return
    st.markdown(parts_told(proof))
    told = evidence_told(proof)
    if told:
        st.markdown(told)
    left, right = st.columns(2, gap="medium")
    with left:
        proof_pictures.groups(ctx, proof, [part_name(part) for part in proof.parts])
    with right:
        for kind, parts in groupby(proof.parts, key=lambda part: part.kind):
            listed(KINDS.get(kind, kind), [part_told(part, page.question) for part in parts])


def months_told(ctx: Context, proof: trust.parts.Proof) -> str:
    """How it went in the months that can be judged, in two sentences."""
    known = [month for month in proof.months if month.is_known]
    waiting = [month for month in proof.months if not month.is_known and not month.is_backcast]
    published = [month for month in known if not month.is_backcast]
    said = ""
    if known:
        held = sum(not month.is_off for month in known)
        later = "" if published else ", computed later on days it had not learned from,"
        said = f"In {words.number(held)} of {words.number(len(known))} past months{later} it came as it said. "
    if published:
        return said + f"{words.number(len(published))} of them were published then; nothing is corrected afterwards."
    if waiting:
        due = words.day(min(month.due_on for month in waiting), 0)
        return said + f"What was really published then can first be judged on {due}: only then the outcome is known."
    return said or "Nothing was published yet."


def by_month(ctx: Context, proof: trust.parts.Proof) -> None:
    """Did it keep its word in past months, as it was known then?"""
    if not proof.months:
        note("No month can be followed yet: nothing was published, or the outcomes came with the data.")
        return
    st.markdown(months_told(ctx, proof))
    if any(month.is_known for month in proof.months):
        proof_pictures.months(ctx, proof)
    if state.is_phone():
        listed("Month by month", [month_told(month, proof.question) for month in reversed(proof.months)])
        return
    say = SAYINGS[proof.question]
    rows = list(reversed(proof.months))
    columns = {
        "Day": [words.day(m.as_of, 0) for m in rows],
        "Version": [m.version for m in rows],
        "Scored": [m.n_scored for m in rows],
        "Withheld": [m.n_withheld for m in rows],
        "It said, of 100": [words.of_100(m.said) if m.said is not None else words.NOTHING for m in rows],
        f"{say.did.capitalize()}, of 100": [_came(m) for m in rows],
        "Pairs ranked rightly, of 100": [words.chance(m.auc, m.auc_low, m.auc_high).replace(" of 100", "")
                                         if m.auc is not None else words.NOTHING for m in rows],
        "Published then?": ["no, computed later" if m.is_backcast else "yes" for m in rows],
    }  # fmt: skip
    st.dataframe(columns, key="months", hide_index=True)
    paper.table(columns)
    note(
        "Published: what people saw on that day, unchanged. Computed later: a day before the first publication, scored "
        "afterwards by a version that has not learned from it. Withheld: too little evidence. A pair: one of each; "
        "50 of 100 is chance."
    )


def month_told(month: trust.parts.Month, question: str) -> str:
    """One month as a line; Markdown."""
    say, day = SAYINGS[question], words.day(month.as_of, 0)
    later = ", computed later" if month.is_backcast else ""
    if month.said is None or month.came is None:
        return f"**{day}** (version {month.version}{later}): the outcome is known on {words.day(month.due_on, 0)}."
    return (
        f"**{day}** (version {month.version}{later}): it said {words.of_100(month.said)} of 100, "
        f"{words.of_100(month.came)} {say.did} ({words.span(month.low, month.high)}, "
        f"of {words.counted(month.n, say.one)})."
    )


def _came(month: trust.parts.Month) -> str:
    if month.came is None:
        return f"known on {words.day(month.due_on, 0)}"
    return f"{words.of_100(month.came)} ({words.span(month.low, month.high)})"


def moved_told(proof: trust.parts.Proof) -> str:
    """Whether today's data still look like what the model learned from, in one sentence."""
    signs = [m for m in proof.moved if not m.is_score]
    strong, some = (sum(m.level == level for m in signs) for level in ("strong", "some"))
    score = next((m for m in proof.moved if m.is_score), None)
    if not strong + some:
        said = f"None of its {words.counted(len(signs), 'sign')} looks different from what the model learned from"
    else:
        said = (
            f"{words.number(strong + some)} of its {words.counted(len(signs), 'sign')} look different from what the "
            f"model learned from, {words.number(strong)} of them very"
        )
    if score is None:
        return f"{said}."
    if score.level == "none":
        return f"{said}; the chances it gives are spread as before."
    return (
        f"{said}; **the chances it gives are {LEVELS[score.level]} too**: lean less on them until it is trained again."
    )


def moved_lines(proof: trust.parts.Proof) -> Iterator[str]:
    """What has moved: what is no longer known, what was not known then, and the rest furthest first; Markdown."""
    signs = [m for m in proof.moved if m.level in LEVELS and not m.is_score]
    gone = [m for m in signs if m.missing_now - m.missing_then >= GONE]
    come = [m for m in signs if m.missing_then - m.missing_now >= GONE]
    for title, group in (("No longer known", gone), ("Known now, not when it learned", come)):
        if group:
            then, now = (1 - sum(share) / len(group) for share in ([m.missing_then for m in group],
                                                                   [m.missing_now for m in group]))  # fmt: skip
            yield (
                f"**{title} ({words.counted(len(group), 'sign')}):** {_named(group)}. Known for {words.of_100(then)} "
                f"of 100 when it learned, for {words.of_100(now)} of 100 now."
            )
    rest = [m for m in signs if m not in gone and m not in come]
    told = [m for m in rest if m.then != m.now][:SIGNS_TOLD]
    for moved in told:
        typical = f"Typical then: {words.plain(moved.then)}; now: {words.plain(moved.now)}."
        yield f"**{words.plain(moved.label)}** looks {LEVELS[moved.level]}. {typical}"
    same = [m for m in rest if m not in told]
    if same:
        yield f"**Spread differently ({words.counted(len(same), 'sign')}):** {_named(same)}."


def _named(group: Sequence[trust.parts.Moved]) -> str:
    more = f" and {words.number(len(group) - SIGNS_TOLD)} more" if len(group) > SIGNS_TOLD else ""
    return ", ".join(words.plain(m.label) for m in group[:SIGNS_TOLD]) + more


def since_training(ctx: Context, proof: trust.parts.Proof) -> None:
    """Do the data still look like what the model learned from?"""
    if not proof.moved:
        note("This model was trained before this was measured. The next training begins to.")
        return
    st.markdown(moved_told(proof))
    lines = list(moved_lines(proof))
    if lines:
        listed("What looks different", lines)
    with st.expander("All signs, for analysts"):
        columns = {
            "Sign": [m.label or "The score itself" for m in proof.moved],
            "PSI": [round(m.psi, 3) for m in proof.moved],
            "By chance": [round(m.expected, 3) for m in proof.moved],
            "Looks": [LEVELS.get(m.level, "the same") for m in proof.moved],
        }
        st.dataframe(columns, key="moved", hide_index=True, height=240)
        paper.table(columns)
    n_then, n_now = proof.moved[0].n_then, proof.moved[0].n_now
    say = SAYINGS[proof.question]
    note(
        f"As of {words.day(ctx.frame.as_of, 0)} · {words.counted(n_now, say.one)} now against "
        f"{words.counted(n_then, say.one)} it learned from. What chance alone explains is not counted."
    )


def enough(page: trust.ModelPage) -> None:
    """How far from the least a model needs, for either outcome."""
    say = SAYINGS[page.question]
    others = page.n_entities - page.positive_entities
    for n, needed, did in (
        (page.positive_entities, page.min_positives, say.did),
        (others, page.min_negatives, "did not"),
    ):
        if needed:
            st.markdown(met(n, needed, f"{say.one}s {'that' if say.one == 'lead' else 'who'} {did}"))
            st.progress(min(1.0, n / needed))
    if not page.min_positives:
        note("This card does not say how many a model needs.")
    else:
        note("Each counts once, however often it was looked at. Below the least there is no model, only simple signs.")


def met(n: int, needed: int, who: str) -> str:
    """How far one outcome is from its least: '48 customers who left are known; a model needs 40'."""
    if n >= needed:
        return f"{words.number(n)} {who} are known; a model needs {words.number(needed)}."
    missing = words.number(needed - n)
    return f"{words.number(n)} of the {words.number(needed)} {who} that a model needs; {missing} are missing."
