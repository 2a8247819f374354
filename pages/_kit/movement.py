"""What changed since an earlier build, and why: one score in a few lines, and the sums over many customers."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import streamlit as st

from crm_core.views import sell, steer
from pages._kit import state, words
from pages._kit.shell import Context, note

CAUSES = {
    "behaviour": "what happened since",
    "late_data": "news about the time before",
    "sight": "sources that went silent or came back",
    "model": "a newer version of the model",
    "definition": "a changed definition",
    "unsplit": "cannot be told apart: the earlier model is gone",
}
HELP = {
    "behaviour": "What has happened since, and that time has passed: a renewal comes nearer, use falls.",
    "late_data": "What had happened by that day already and was logged or corrected only afterwards.",
    "sight": "A source that could see the customer on one of the two days only: nothing the customer did.",
    "model": "The same facts, judged by another version of the model.",
    "definition": "A figure, or what counts as leaving, is worked out differently.",
}


def whole(total: int, parts: Sequence[float]) -> list[int]:
    """Parts as whole numbers that add up to the total: the largest remainders are rounded up."""
    shown = [floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (shown[i] - parts[i], -abs(parts[i])))
    rest = total - sum(shown)
    while rest and order:
        for i in order if rest > 0 else reversed(order):
            if not rest:
                break
            step = 1 if rest > 0 else -1
            shown[i] += step
            rest -= step
    return shown


def short(ctx: Context, moved: sell.parts.Movement) -> str:
    """The movement in a few words: '▲ 9 since 31 May.'"""
    if moved.now is None or moved.before is None or is_unmoved(ctx, moved):
        return ""
    n = _hundredths(moved.now) - _hundredths(moved.before)
    since = ctx.day(moved.since)
    if n:
        return f"{'▲' if n > 0 else '▼'} {words.number(abs(n))} since {since}."
    return "The same as in the build before." if moved.since == ctx.frame.as_of else f"The same as on {since}."


def is_unmoved(ctx: Context, moved: sell.parts.Movement) -> bool:
    """Both builds speak of the same day and say the same: nothing that could be split."""
    if moved.since != ctx.frame.as_of or moved.now is None or moved.before is None:
        return False
    return _hundredths(moved.now) == _hundredths(moved.before)


def same_day(ctx: Context) -> str:
    """Why there is no split, where the only build to compare with is of the same day."""
    return f"Both builds that can be compared are of {ctx.day(ctx.frame.as_of)}, and nothing moved between them."


LATER = "Causes are told from the second day of builds on."


def since_then(ctx: Context, page: sell.parts.AccountPage) -> None:
    """The block of the Account page: by how much the chance has moved, and the causes that add up to it."""
    if page.left_on or (page.probability is None and not page.evidence.is_withheld):
        return
    moved = page.moved
    if moved is None:
        st.subheader("What changed", anchor=False)
        note("There is no earlier build to compare this customer with. It can be said after the next one.")
        return
    if is_unmoved(ctx, moved):
        st.subheader("What changed", anchor=False)
        note(f"{same_day(ctx)} {LATER}")
        return
    st.subheader(f"What changed since {ctx.day(moved.since)}", anchor=False)
    if moved.now is None or moved.before is None:
        _sight_turned(moved)
        return
    n = _hundredths(moved.now) - _hundredths(moved.before)
    was, now = words.of_100(moved.before), words.of_100(moved.now)
    told = f"**{words.points(n / 100)} of 100**: {was} then, {now} now." if n else f"**Still {now} of 100.**"
    st.markdown(told, help=_meanings([part.cause for part in moved.parts]))
    if not moved.parts:
        if moved.why_not:
            note(f"Why cannot be told apart: {words.plain(moved.why_not)}.")
        return
    lines = [
        f"- **{words.points(shown / 100)}** {CAUSES[part.cause]}{_more(moved, part.cause)}"
        for part, shown in zip(moved.parts, whole(n, [100 * part.change for part in moved.parts]), strict=True)
        if shown
    ]
    st.markdown("\n".join(lines) or "- nothing of it by a whole point")
    note("Of 100 customers like this. The parts add up; what came late is counted before what came since.")


def _sight_turned(moved: sell.parts.Movement) -> None:
    """Into, out of or within 'not enough evidence': in words, without a number that is not shown elsewhere."""
    lost, regained = (", ".join(map(_feed, feeds)) for feeds in (moved.feeds_lost, moved.feeds_regained))
    if moved.before is not None:
        st.markdown(f"It was {words.of_100(moved.before)} of 100 then; now there is **not enough evidence**.")
    elif moved.now is not None:
        st.markdown(f"There was **not enough evidence** then; now it is {words.of_100(moved.now)} of 100.")
    else:
        st.markdown("There was **not enough evidence** then, and there is not now.")
    if lost:
        st.markdown(f"- no longer seen: {lost}")
    if regained:
        st.markdown(f"- seen again: {regained}")


def _more(moved: sell.parts.Movement, cause: str) -> str:
    """What stands behind a cause, in words."""
    if cause == "model":
        return f": {words.plain(moved.version_now)} instead of {words.plain(moved.version_before)}"
    if cause == "sight":
        said = [f"{_feed(feed)} no longer seen" for feed in moved.feeds_lost]
        said += [f"{_feed(feed)} seen again" for feed in moved.feeds_regained]
        return f": {', '.join(said)}; nothing the customer did" if said else ""
    lines = [
        f"\n    - {words.plain(feature.before)} → {words.plain(feature.after)}"
        for feature in moved.features
        if feature.cause == cause
    ]
    return "".join(lines)


def _meanings(named: Sequence[str]) -> str | None:
    """What the causes mean, for whoever hovers; nothing on a phone, where nobody does."""
    said = [f"**{CAUSES[cause]}**: {HELP[cause]}" for cause in named if cause in HELP]
    return "\n\n".join(said) if said and not state.is_phone() else None


def _feed(name: str) -> str:
    return words.plain(name.replace("_", " "))


def _hundredths(probability: float) -> int:
    return round(probability * 100)


def causes(ctx: Context, page: steer.MeetingPage) -> None:
    """The block of the Meeting page: the money expected to be lost, then and now, and what moved it."""
    found = page.causes
    if found is None:
        return
    st.subheader("Why the chances moved", anchor=False)
    is_same_day = found.since == ctx.frame.as_of
    both = "both times" if is_same_day else "on both days"
    since = "the build before, of the same day" if is_same_day else ctx.day(found.since)
    step = 1000 if max(found.value_before, found.value_now) >= 100_000 else 10
    if is_still(found, step):
        since = ctx.day(found.since)
        why = same_day(ctx) if is_same_day else f"Nothing has moved between the builds of {since} and of this day."
        note(f"{why} {LATER if is_same_day else 'So there are no causes to tell apart.'}")
        return
    before, now = round(found.value_before / step), round(found.value_now / step)
    more = "as much as" if now == before else f"**{_signed(ctx, (now - before) * step)}** against"
    st.markdown(
        f"Expected to be lost within 90 days: **{words.money(now * step, ctx.currency, is_exact=True)}** a year, "
        f"{more} {since} ({words.money(before * step, ctx.currency, is_exact=True)}).",
        help=_meanings([cause.cause for cause in found.causes]),
    )
    _table(ctx, found, step)
    if found.n_lost_sight or found.n_regained_sight:
        st.markdown(
            f"Not in these sums: **{words.counted(found.n_lost_sight, 'customer')}** "
            f"({words.money(found.value_lost_sight, ctx.currency)} a year) moved to *not enough evidence*, "
            f"{words.number(found.n_regained_sight)} came out of it."
        )
    note(
        f"Chance times yearly value of {words.counted(found.n_customers, 'customer')} scored {both}. "
        "The lines add up; this is not the value of customers with a high chance."
    )


def is_still(found: steer.Movements, step: int) -> bool:
    """Nothing has moved that could be seen in the sums, nor in who is counted in them."""
    if found.n_lost_sight or found.n_regained_sight:
        return False
    return not any(round(c.value / step) or round(c.customers * 10) for c in found.causes)


def _table(ctx: Context, found: steer.Movements, step: int) -> None:
    value = whole(
        round(found.value_now / step) - round(found.value_before / step), [c.value / step for c in found.causes]
    )
    people = whole(
        round(found.customers_now * 10) - round(found.customers_before * 10), [c.customers * 10 for c in found.causes]
    )
    told = [line for line in zip(found.causes, value, people, strict=True) if line[1] or line[2]]
    lines = sorted(told, key=lambda line: -abs(line[0].value))
    cells = {
        "Because of": [CAUSES[cause.cause] for cause, _, _ in lines],
        "Money a year": [_signed(ctx, n * step) for _, n, _ in lines],
        "Customers expected to leave": [_signed_number(n / 10) for _, _, n in lines],
    }
    if not lines:
        return
    if state.is_phone():
        st.markdown("\n".join(f"- **{v}** {c} ({p} customers)" for c, v, p in zip(*cells.values(), strict=True)))
        return
    st.table(cells, border="horizontal", hide_index=True, alt="What moved the money expected to be lost")


def _signed(ctx: Context, value: float) -> str:
    shown = words.money(abs(value), ctx.currency, is_exact=True).replace(" ", "\u00a0")
    return f"+{shown}" if value > 0 else f"−{shown}" if value < 0 else f"±{shown}"


def _signed_number(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{words.number(abs(value), 1)}"
