"""Who was nearer to what came, people or the model: the answer in words, the groups, and how it is counted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_core.views import trust
from pages._kit import judged_pictures, paper, state, words
from pages._kit.model import listed
from pages._kit.shell import Context, note

DIMENSIONS = {
    "reason_code": "Reason",
    "direction": "Up or down",
    "question": "Question",
    "segment": "Segment",
    "product_line": "Product",
    "region": "Region",
    "season": "Season",
    "evidence_level": "How much is seen",
}
VERDICTS = {"people": "people", "model": "the model", "neither": "too close to tell", None: "too few to tell"}
ENOUGH = f"{trust.parts.LEAST_CASES} cases of {trust.parts.LEAST_PEOPLE} people, nobody with more than half of them"
LATE = f"said more than {trust.parts.LATE_DAYS} days after the day of the score"
FACTS = "Of the whole company. No customer and no person stands here; nobody is ranked by being right."
ALONE = (
    "This is about people's words alone, in place of the model's number. Whether a word helps when it is weighed "
    "together with the model is another question; the page Model answers it."
)
Page = trust.parts.WhoWasRightPage
Cell = trust.parts.JudgedCell


def answer(page: Page) -> None:
    """Who was nearer, in plain words."""
    st.markdown("  \n".join(answered(page)))


def answered(page: Page) -> list[str]:
    """The sentences of the answer; Markdown."""
    cell = page.total
    known = words.counted(page.n_judged, "case")
    if cell is None:
        from_when = f"Figures are shown from {ENOUGH} on"
        return [f"The outcome is known of {known}. {from_when}, so that nobody's own record can be read from them."]
    differed = f"When people and the model differed and the outcome is known ({known})"
    distances = f"people were off by {off(cell.off_person)} on average, the model by {off(cell.off_machine)}"
    scale = "0 is right and sure, 25 is fifty-fifty on everything, 100 is wrong and sure"
    return [
        f"**{overall(cell)}**",
        f"{differed}, people were nearer in **{share(cell)}**; {distances} ({scale}).",
        _worth_most(page),
        ALONE,
    ]


def overall(cell: Cell) -> str:
    """One verdict for how often and how far taken together, from the ranges of both."""
    often = "people" if (cell.nearer_low or 0) > 0.5 else "model" if (cell.nearer_high or 1) < 0.5 else ""
    return {
        ("model", "people"): "The model wins overall: people are often a little nearer, but where they are wrong they "
        "are far off.",
        ("model", "model"): "The model wins overall: it is nearer more often, and by more.",
        ("model", ""): "The model wins overall: each is nearer about as often, but where people are wrong they are "
        "further off.",
        ("people", "people"): "People win overall: they are nearer more often, and by more.",
        ("people", "model"): "People win overall: the model is often a little nearer, but where it is wrong it is far "
        "off.",
        ("people", ""): "People win overall: each is nearer about as often, but where the model is wrong it is further "
        "off.",
        ("neither", "people"): "Neither wins overall: people are nearer more often, but what they gain there they lose "
        "where they are wrong.",
        ("neither", "model"): "Neither wins overall: the model is nearer more often, but what it gains there it loses "
        "where it is wrong.",
        ("neither", ""): "Neither wins overall: the difference is within what chance explains.",
    }.get((cell.who_was_nearer or "", often), "Too few customers to say who wins overall.")


def _worth_most(page: Page) -> str:
    """Where people's word is worth most, if it is anywhere beyond chance; Markdown."""
    reasons = [cell for cell in page.cells if cell.dimension == "reason_code" and cell.name]
    ahead = sorted((c for c in reasons if c.who_was_nearer == "people"), key=lambda c: -c.gain)
    if ahead:
        names = " and ".join(f"*{words.plain(cell.name)}*" for cell in ahead[:2])
        return f"Their word is worth most on: {names}."
    level = [cell for cell in reasons if cell.who_was_nearer == "neither"]
    if not level:
        return ""
    names = " and ".join(f"*{words.plain(cell.name)}*" for cell in sorted(level, key=lambda c: -c.gain)[:2])
    return f"For no reason are they nearer beyond chance; they keep up with the model on: {names}."


def share(cell: Cell) -> str:
    """In how many of 100 cases people were nearer, with the range."""
    span = "" if cell.nearer_low is None else f" ({words.span(cell.nearer_low, cell.nearer_high)})"
    return f"{words.of_100(cell.nearer)} of 100{span}"


def off(distance: float) -> str:
    """How far off, 0 to 100."""
    return words.number(distance * 100)


def name(cell: Cell) -> str:
    """A group as people call it."""
    return cell.name or f"{words.counted(cell.n_groups, 'small group')} together"


def dimension(page: Page) -> str | None:
    """What the groups are told apart by, as chosen."""
    known = page.dimensions
    if not known:
        note(f"No split has more than one group that is large enough to be shown ({ENOUGH}).")
        return None
    return st.segmented_control(
        "Told apart by",
        known,
        default=known[0],
        required=True,
        format_func=lambda key: DIMENSIONS.get(key, key),
        key="split",
        bind="query-params",
    )


def groups(ctx: Context, page: Page, chosen: str) -> None:
    """Where was whose word nearer? The picture, and the same as a list."""
    cells = [cell for cell in page.cells if cell.dimension == chosen]
    names = [name(cell) for cell in cells]
    left, right = st.columns([3, 5], gap="medium")
    with left:
        judged_pictures.who_was_nearer(ctx, cells, names)
    with right:
        if state.is_phone():
            listed(DIMENSIONS[chosen], [told(cell) for cell in cells])
        else:
            table(cells, names, chosen)


def table(cells: Sequence[Cell], names: Sequence[str], chosen: str) -> None:
    """One row per group, most cases first."""
    columns = {
        DIMENSIONS[chosen]: list(names),
        "Who was nearer": [VERDICTS[cell.who_was_nearer] for cell in cells],
        "People off": [round(cell.off_person * 100) for cell in cells],
        "Model off": [round(cell.off_machine * 100) for cell in cells],
        "Nearer, of 100": [share(cell).replace(" of 100", "") for cell in cells],
        "Cases": [cell.n_cases for cell in cells],
        "People": [cell.n_people for cell in cells],
    }
    make = st.column_config.Column
    tip = "In how many of 100 cases the person was nearer, with its 95 % range."
    config = {"Nearer, of 100": make(width=94, help=tip), DIMENSIONS[chosen]: make(width=184)}
    config |= {"Who was nearer": make(width=108), "Cases": make(width=52), "People": make(width=58)}
    config |= {name: make(width=68) for name in ("People off", "Model off")}
    st.dataframe(columns, key="groups", hide_index=True, column_config=config)
    paper.table(columns)


def told(cell: Cell) -> str:
    """One group as a sentence; Markdown."""
    return (
        f"**{words.plain(name(cell))}:** {VERDICTS[cell.who_was_nearer]}. People were off by {off(cell.off_person)}, "
        f"the model by {off(cell.off_machine)}; people nearer in {share(cell)} "
        f"({words.counted(cell.n_cases, 'case')}, {words.counted(cell.n_people, 'person', 'people')})."
    )


def due(ctx: Context, page: Page) -> str:
    """How many still wait for their outcome and until when; empty if none does."""
    wait = page.awaited
    if not wait.n_waiting:
        return ""
    until = f"the first is known on {ctx.day(wait.first_due)}"
    if wait.last_due != wait.first_due:
        until += f", the last on {ctx.day(wait.last_due)}"
    return f"{words.counted(wait.n_waiting, 'view')} still {'waits' if wait.n_waiting == 1 else 'wait'}: {until}."


def left_out(ctx: Context, page: Page) -> None:
    """What still waits, and what is not compared and why."""
    wait = page.awaited
    lines = [] if page.is_empty else [due(ctx, page)]
    for n, why in (
        (
            wait.n_late,
            f"{LATE}: part of the outcome could be seen by then",
        ),
        (wait.n_withdrawn, "taken back before the outcome was known"),
        (wait.n_replaced, "replaced by a later word of the same person on the same score"),
        (wait.n_agreed, "said the same as the model"),
        (wait.n_nothing_shown, "about scores that were withheld: there was no number to compare with"),
        (wait.n_not_followed, "about customers or leads whose outcome cannot be followed"),
    ):
        lines += [f"{words.number(n)} {why}."] if n else []
    few = [f"{DIMENSIONS.get(key, key)} ({words.counted(n, 'group')})" for key, n in page.hidden if n > 1]
    if few:
        lines.append(f"Too small to be told apart by: {', '.join(few)}.")
    if any(lines):
        listed("Not compared, or not yet", [words.plain(line) for line in lines if line])


def how_it_is_counted(page: Page) -> None:
    """How the figures come about, in plain words."""
    stands_for = ", ".join(f"{word} {words.of_100(chance)} of 100" for word, chance in page.stands_for)
    with st.expander("How this is counted"):
        st.markdown(COUNTED.format(stands_for=words.plain(stands_for), enough=ENOUGH))


COUNTED = """
- **Nearer**: whose chance lay closer to what came. Somebody who says 10 of 100 is nearer to a customer who stayed than
  a model that says 31 of 100. Equally near counts half.
- **How far off**: the squared distance between the chance that was given and what came, on average (Brier 1950), times
  100. Right and sure is 0; fifty-fifty on everything is 25; wrong and sure is 100. Being sure and wrong costs much: so
  somebody may be nearer often and still be further off on the whole.
- **The model** counts with the number that the person saw then, never with what it says today.
- **A person** counts with the own chance, if one was given. Otherwise the word stands for a number by convention:
  {stands_for}; where the model was surer of the same, for the model's number, and nobody is compared.
- **Judged** only once the 90 days of the score have passed. Before that only those who leave early have an outcome.
- **Ranges** (95 %) treat several views about one customer as one, because they share its outcome. *Too close to tell*:
  the range of the difference reaches to both sides. Below 10 customers no range is claimed.
- **Nobody is ranked.** A group is shown from {enough} on; smaller ones are put together or left out, so
  that they cannot be found by subtracting either. Your own balance is for you alone.
"""
