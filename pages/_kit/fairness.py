"""Fair to everybody? What was checked, in words a manager reads once; the figures below; the release of a stop."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

import streamlit as st

from crm_core import actions
from crm_core.views import trust
from pages._kit import files, gateway, paper, sending, state, words
from pages._kit.model import SAYINGS, Saying
from pages._kit.shell import Context, note

Page = trust.fairness.FairnessPage
GUESSED, COIN = 0.6, 0.5
MEASURES = {
    "flagged": "are flagged as high",
    "false_alarms": "are flagged although it does not happen",
    "up": "are said to be likelier than the model says",
    "down": "are said to be less likely than the model says",
}
FORM = "release_form"
NAME_SOMEBODY = "An admin names somebody on Responsibilities; else CRM\\_FAIRNESS\\_OWNER does."


def section(ctx: Context, question: str) -> None:
    """The whole section; the grave part first and open, the rest behind a click."""
    page, say = gateway.fairness(ctx.viewer, question), SAYINGS[question]
    st.markdown("##### Fair to everybody?")
    if page.is_empty:
        note(words.plain(page.why_empty))
        return
    told = list(verdict(page, say))
    if page.is_stopped and not page.release:
        st.error("  \n".join(told), icon=":material/front_hand:")
        _release_form(ctx, page)
    elif page.breaches and not page.release:
        st.error("  \n".join(told), icon=":material/balance:")
    elif page.breaches:
        st.warning("  \n".join(told), icon=":material/balance:")
    else:
        st.markdown("  \n".join(told))
    with st.expander("Group by group, and what people said"):
        for attribute in page.attributes:
            _attribute(attribute, say)
        for overridden in page.overrides:
            _overridden(overridden, say)
        note(
            "High means at least three times the usual odds. Groups with fewer than 30 people, or with fewer than 5 of "
            "either outcome, are put together or not shown. A difference counts if the lower share is less than four "
            "fifths of the higher one and chance is ruled out (95 %, corrected for all comparisons)."
        )


def verdict(page: Page, say: Saying) -> Iterator[str]:
    """What came of the check, in sentences; Markdown."""
    names = words.plain(", ".join(a.name for a in page.attributes if not a.why_not))
    if not page.breaches:
        if names:
            yield f"**Checked by {names}: nobody is treated much differently**, as far as these cases can tell."
        yield from (
            f"{words.plain(a.name)} is known of {words.counted(a.n_known, say.one)} of the test: "
            f"{words.plain(a.why_not.split(':')[-1].strip())}."
            for a in page.attributes
            if a.why_not
        )
        yield "Protected attributes are used for this check only; they never enter the model."
        if not page.owner_id:
            yield f"**Nobody owns the stop**: a version that did would be published. {NAME_SOMEBODY}"
        return
    if page.is_stopped and not page.release:
        meanwhile = "the version before it goes on" if page.is_serving else "simple signs order the lists"
        yield f"**Version {page.version} is stopped: it treats groups too differently.** Meanwhile {meanwhile}."
    elif page.release:
        yield f"**Version {page.version} treats groups differently, and not by chance.**"
    else:
        yield f"**Version {page.version} treats groups differently, not by chance, and nothing stops it.**"
    for attribute, difference in page.breaches:
        yield apart(attribute, difference, say)
    yield from _consequence(page)


def _consequence(page: Page) -> Iterator[str]:
    unnamed = "the person named by CRM_FAIRNESS_OWNER" if page.owner_id else "nobody"
    owner = words.plain(page.owner or unnamed)
    if page.release:
        because = f": “{words.plain(page.release.words)}”" if page.release.words else ""
        when = words.day(page.release.at.date(), 0)
        serves = "" if not page.is_stopped else " It serves from the next build on."
        yield f"Released by {words.plain(page.release.who) or owner} on {when}{because}.{serves}"
    elif page.is_stopped and page.owner_id and not page.owner:
        yield (
            "CRM\\_FAIRNESS\\_OWNER names nobody who is among the employees, so **nobody can release it**: "
            "name an employee there. Every newer version is checked anew."
        )
    elif page.is_stopped:
        whose = "You own this stop" if page.is_owner else f"{owner} owns this stop"
        if page.acting and page.acting != page.owner and not page.is_owner:
            whose = f"{whose}, {words.plain(page.acting)} acts while the owner is away"
        if not page.owner_id and not page.acting:
            yield "Nobody owns this stop: an admin names an owner on Responsibilities, who can then release it."
            return
        yield f"{whose} and can release it with a reason. Every newer version is checked anew."
    elif page.owner_id:
        yield (
            f"Nothing was stopped, because nobody owned the stop when it was trained. {owner} owns it now: a training "
            "(build with --retrain) is checked anew, and is stopped if it is no better."
        )
    else:
        yield f"Nothing was stopped, because **nobody owns the stop**. {NAME_SOMEBODY}"


def apart(attribute: trust.fairness.AttributeRow, difference: trust.fairness.Difference, say: Saying) -> str:
    """One difference as a sentence with natural frequencies; Markdown."""
    rates = {g.name: getattr(g, difference.measure) for g in attribute.groups}
    high, low = rates.get(difference.highest), rates.get(difference.lowest)
    if high is None or low is None or high.value is None or low.value is None:
        return ""
    did = {"flagged": "", "false_alarms": f" who did not {say.do}"}[difference.measure]
    return (
        f"{words.plain(attribute.name)}: of 100 {say.one}s{did} with **{words.plain(difference.highest)}** "
        f"{words.of_100(high.value)} are flagged, with **{words.plain(difference.lowest)}** {words.of_100(low.value)} "
        f"(of {words.number(high.n)} and {words.number(low.n)})."
    )


def _attribute(attribute: trust.fairness.AttributeRow, say: Saying) -> None:
    unknown = f", not of {words.number(attribute.n_unknown)}" if attribute.n_unknown else ""
    title = f"**{words.plain(attribute.name)}** · known of {words.counted(attribute.n_known, say.one)}{unknown}"
    small = f" · {words.counted(attribute.n_small, 'group')} too small to be shown alone" if attribute.n_small else ""
    st.markdown(title + small)
    if not attribute.groups:
        note(words.plain(attribute.why_not.capitalize() + "."))
        return
    rows = [
        (
            g.name,
            words.number(g.n),
            rate(g.flagged),
            rate(g.false_alarms),
            rate(g.misses),
            f"{words.of_100(g.said)} → {rate(g.came)}",
        )
        for g in attribute.groups
    ]
    missed = f"Missed, of those who {say.did}"
    heads = (
        "Group", f"{say.one.capitalize()}s", "Flagged", f"Flagged, did not {say.do}", missed, f"Said → {say.did}",
    )  # fmt: skip
    _table(heads, rows, f"fair_{attribute.name}")
    for sentence in guesses(attribute):
        note(sentence)


def guesses(attribute: trust.fairness.AttributeRow) -> Iterator[str]:
    """Whether the model could guess the attribute from what it uses; Markdown."""
    worst = max(attribute.guesses, key=lambda g: g.auc, default=None)
    if worst is None:
        return
    if worst.low <= COIN:
        yield f"Could the model guess {words.plain(attribute.name)} from its signs? No better than a coin."
        return
    how = "easily" if worst.auc >= 0.8 else "often" if worst.auc >= GUESSED else "a little better than a coin"
    signs = words.plain(", ".join(worst.strongest))
    right = f"{words.of_100(worst.auc)} ({words.span(worst.low, worst.high)})"
    yield (
        f"Could the model guess {words.plain(attribute.name)} from its signs? {how.capitalize()}: of 100 pairs it "
        f"would tell {words.plain(worst.group)} rightly in {right}, "
        f"most of all by: {signs}. This is reported and stops nothing."
    )


def _overridden(found: trust.fairness.OverrideRows, say: Saying) -> None:
    st.markdown(f"**{words.plain(found.name)}** · what people said against the model")
    if not found.groups:
        note(f"Not compared: {words.plain(found.why_not or 'no groups')}.")
        return
    rows = [(g.name, words.number(g.n), rate(g.up), rate(g.down)) for g in found.groups]
    heads = ("Group", f"{say.one.capitalize()}s now", f"“Likelier to {say.do}”", f"“Less likely to {say.do}”")
    _table(heads, rows, f"overridden_{found.name}")
    for d in found.differences:
        measure = MEASURES.get(d.measure, "")
        note(
            f"{words.plain(d.highest)} {measure} much more often than {words.plain(d.lowest)}, and not by chance. "
            "This is reported and stops nothing."
        )


def rate(found: trust.fairness.Rate) -> str:
    """A share: '14 of 100 (11–18)'."""
    return "fewer than 5" if found.value is None else words.chance(found.value, found.low, found.high)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], key: str) -> None:
    if state.is_phone():
        for first, *rest in rows:
            st.markdown(f"**{words.plain(first)}**  \n" + "  \n".join(
                f":small[{words.plain(head)}: {words.plain(cell)}]" for head, cell in zip(heads[1:], rest, strict=True)
            ))  # fmt: skip
        return
    columns = {head: [row[i] for row in rows] for i, head in enumerate(heads)}
    st.dataframe(files.on_screen(columns), key=key, hide_index=True)
    paper.table(columns)


def _release_form(ctx: Context, page: Page) -> None:
    if not page.is_owner:
        return
    key = st.session_state.setdefault(f"{FORM}_{page.question}_{page.version}", uuid.uuid4().hex)
    with st.form(FORM, border=True):
        said = st.text_area(
            "Why may it be published all the same?",
            key="release_words",
            placeholder="We call whoever is flagged; nobody loses anything by it. Legal agreed on 12 May.",
        )
        note("Your name and reason are kept for good. The release holds for this version only, from the next build on.")
        sent = st.form_submit_button(f"Release version {page.version}", key="release_send")
    if sent:
        request = actions.releases.Release(page.question, page.version, said or "", key)
        sending.send(lambda: actions.releases.release_stop(ctx.viewer, request))
