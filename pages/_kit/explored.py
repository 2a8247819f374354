"""What Explore shows: the answer and its definition, a picture, a table, and the same as files."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import streamlit as st

from crm_core.views import explore
from pages._kit import files, measured, paper, state, tables, words
from pages._kit.charts import MODEL
from pages._kit.explore import OVER_TIME, PICTURES, Chosen, called, month, title, unit
from pages._kit.picture import CONFIG, Picture
from pages._kit.shell import Context, note

SHEETS = {"light": "#FFFFFF", "dark": "#12171F"}
REST, ALL = "everything else", "All together"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "triangle-down", "pentagon")
FORMATS = {"percent": "%.1f %%", "hours": "%.1f", "days": "%.1f", "points": "%.1f", "ratio": "%.1f ×"}
ROW_HEIGHT, ROWS_SHOWN = 32, 12
HAS_TOTAL = "flow"


def definition(ctx: Context, page: explore.ExplorePage) -> None:
    """The figure, and what it means: beside the picture, never a click away."""
    about = page.about
    total = measured.figure(page.everything.total, about.unit, ctx.currency)
    when = f"in {words.counted(len(page.months), 'month')}" if about.kind == HAS_TOTAL else month(page.months[-1])
    with st.container(border=True, key="definition"):
        st.metric(f"{words.plain(about.title)}, {when}", total)
        st.markdown(words.plain(about.meaning))
        better = {"up": "higher is better", "down": "lower is better"}.get(about.direction, "neither is good in itself")
        st.markdown(
            f"**How it is worked out:** {words.plain(about.formula)}.  \n"
            f"**Unit:** {words.plain(unit(page, ctx.currency))} · **Direction:** {better}  \n"
            f"**How it may mislead:** {words.plain(about.misleads)}"
        )


def picture(ctx: Context, page: explore.ExplorePage, chosen: Chosen) -> None:
    """The picture that is asked for, with everything in it that a reader of the file needs."""
    kind = PICTURES[1]
    if len(page.months) > 1:
        kind = st.segmented_control(
            "Picture",
            PICTURES,
            default=OVER_TIME,
            required=True,
            key="picture",
            bind="query-params",
            label_visibility="collapsed",
        )
    figure = _over_time(ctx, page) if kind == OVER_TIME else _total(ctx, page)
    is_narrow, is_line = state.is_phone(), kind == OVER_TIME
    figure.update_layout(
        title={"text": f"<b>{words.hover(title(page))}</b>", "x": 0, "y": 0.99, "yanchor": "top", "font": {"size": 15}},
        paper_bgcolor=SHEETS.get(str(st.context.theme.type), SHEETS["light"]),
        margin={"t": (130 if is_narrow else 74) if page.split and is_line else 44},
    )
    facts = [
        f"As of {words.day(page.as_of, 0)}",
        words.counted(page.n_customers, "customer"),
        f"build {page.build_id}",
        f"months end on day {page.as_of.day}",
        f"filters: {words.hover(_short(chosen.filter_words))}",
    ]
    lines = (facts[:2], facts[2:4], facts[4:]) if is_narrow else (facts,)
    small = "<br>".join(" · ".join(line) for line in lines)
    figure.update_xaxes(title_text=f"{_axis(ctx, page, kind)}<br><span style='font-size:11px'>{small}</span>")
    button = {"format": "png", "filename": file_name(page), "scale": 2, "width": 1100, "height": 560}
    more = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]]}
    st.plotly_chart(
        figure,
        key="explore_picture",
        alt=f"{title(page)}, {chosen.period}",
        config={**CONFIG, **more, "toImageButtonOptions": button},
    )


def _axis(ctx: Context, page: explore.ExplorePage, kind: str) -> str:
    """What the horizontal axis says."""
    if kind == OVER_TIME or not page.split:
        return "month"
    return f"{words.hover(page.about.title)} ({unit(page, ctx.currency)}), {_of_total(page)}"


def _of_total(page: explore.ExplorePage) -> str:
    """What a total is about."""
    first, last = month(page.months[0]), month(page.months[-1])
    if page.about.kind != HAS_TOTAL or first == last:
        return last
    return f"{first} – {last}"


def _over_time(ctx: Context, page: explore.ExplorePage) -> Picture:
    figure = Picture(height=400)
    top, rest = page.top()
    lines = [(called(page, line), line) for line in top] if page.split else [(ALL, page.everything)]
    lines += [(REST, rest)] if rest else []
    colours = _colours()
    for n, (name, line) in enumerate(lines):
        figure.add_scatter(
            x=[day.isoformat() for day in page.months],
            y=[measured.rounded(value, page.about.unit) for value in line.values],
            name=words.hover(name),
            mode="lines+markers",
            line={"width": 2, "color": colours[n % len(colours)], **({"dash": "dot"} if name == REST else {})},
            marker={"symbol": SYMBOLS[n % len(SYMBOLS)], "size": 8},
            hovertext=_told(ctx, page, line),
            hovertemplate="%{fullData.name} · %{hovertext} · %{x|%b %Y}<extra></extra>",
            showlegend=bool(page.split),
        )
    every = -(-len(page.months) // (5 if state.is_phone() else 12))
    marked = page.months[::-1][::every][::-1]
    figure.update_xaxes(
        tickvals=[day.isoformat() for day in marked],
        ticktext=[month(day).replace(" ", "<br>") for day in marked],
        tickangle=0,
    )
    _value_axis(ctx, page, figure)
    if not page.about.is_ratio:
        figure.update_yaxes(rangemode="tozero")
    return figure


def _total(ctx: Context, page: explore.ExplorePage) -> Picture:
    figure = Picture(height=400)
    if not page.split:
        bars = [(month(day), value) for day, value in zip(page.months, page.everything.values, strict=True)]
    else:
        top, rest = page.top()
        bars = [(called(page, line), line.total) for line in top] + ([(REST, rest.total)] if rest else [])
        bars.reverse()
    names = [words.hover(name) for name, _ in bars]
    values = [measured.rounded(value, page.about.unit) for _, value in bars]
    told = [measured.figure(value, page.about.unit, ctx.currency) for _, value in bars]
    text = {"text": told, "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip", "showlegend": False}
    marker = {"color": _colours()[0]}
    if page.split:
        figure.add_bar(orientation="h", y=names, x=values, **text, marker=marker)
        figure.update_yaxes(showgrid=False)
    else:
        figure.add_bar(x=names, y=values, **text, marker=marker)
        _value_axis(ctx, page, figure)
    return figure


def _value_axis(ctx: Context, page: explore.ExplorePage, figure: Picture) -> None:
    """The unit stands with the numbers, where a file of another size has room for it too."""
    named = unit(page, ctx.currency)
    if page.about.unit == "money":
        figure.update_yaxes(tickprefix=f"{named} ")
    elif page.about.unit == "count":
        figure.update_yaxes(title_text=named)
    else:
        figure.update_yaxes(ticksuffix=f" {named}")


def _told(ctx: Context, page: explore.ExplorePage, line: explore.Line) -> list[str]:
    """Values in words, with how much stands behind each: 3 of 5 looks like 300 of 500."""
    about = page.about
    said = [measured.figure(value, about.unit, ctx.currency) for value in line.values]
    if not about.is_ratio or about.unit == "ratio":
        return said
    base = words.hover(about.divided_by)
    return [f"{text} · {words.number(of)} {base}" for text, of in zip(said, line.bases, strict=True)]


def _colours() -> list[str]:
    """The theme's colours for groups that have none of their own."""
    kind = "dark" if st.context.theme.type == "dark" else "light"
    found: list[str] = st.get_option(f"theme.{kind}.chartCategoricalColors")
    return found or [MODEL]


def columns(page: explore.ExplorePage) -> dict[str, list[Any]]:
    """The table as it is shown and as it leaves: groups by months, with the total of a flow; figures rounded alike."""
    top = [(called(page, line), line) for line in page.lines]
    top += [(REST, page.rest)] if page.rest else []
    rows = [*top, (ALL, page.everything)]
    head = page.about.title if not page.split else title(page).removeprefix(f"{page.about.title} by ").capitalize()
    shown: dict[str, list[Any]] = {head: [name for name, _ in rows]}
    for n, day in enumerate(page.months):
        shown[month(day)] = [measured.rounded(line.values[n], page.about.unit) for _, line in rows]
    if page.about.kind == HAS_TOTAL and len(page.months) > 1:
        shown[f"All {len(page.months)} months"] = [measured.rounded(line.total, page.about.unit) for _, line in rows]
    return shown


def table(ctx: Context, page: explore.ExplorePage) -> None:
    """Groups by months, largest first; a click on a head sorts."""
    shown = columns(page)
    first, *others = shown
    number = st.column_config.NumberColumn(format=FORMATS.get(page.about.unit, "localized"))
    n = len(shown[first])
    st.dataframe(
        files.on_screen(shown),
        key="explore_table",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=tables.HEADER_HEIGHT + ROW_HEIGHT * min(n, ROWS_SHOWN),
        column_config={first: st.column_config.TextColumn(pinned=True), **dict.fromkeys(others, number)},
        placeholder=words.NOTHING,
        alt=f"{title(page)}: {n} rows, {words.counted(len(page.months), 'month')}",
    )
    paper.table(shown)
    left = (
        f" The {len(page.lines)} largest are listed, {words.number(page.n_left_out)} are not."
        if page.n_left_out
        else ""
    )
    note(f"Figures in {words.plain(unit(page, ctx.currency))}; {words.NOTHING} where nothing counts.{left}")


def downloads(ctx: Context, page: explore.ExplorePage, chosen: Chosen) -> None:
    """The table as files; the picture is saved by the button at its corner."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind, mime, make in (("csv", "text/csv", as_csv), ("xlsx", _WORKBOOK, as_xlsx)):
            st.download_button(
                f"Download {kind.upper()}",
                partial(make, ctx, page, chosen),
                file_name=f"{file_name(page)}.{kind}",
                mime=mime,
                on_click="ignore",
                key=f"download_{kind}",
            )
        if not state.is_phone():
            note("PNG: the camera at the picture's corner. The address of this page keeps everything chosen: share it.")


_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_name(page: explore.ExplorePage) -> str:
    """Name of the files, without their ending."""
    by = f"-by-{page.split}" if page.split else ""
    return f"{page.about.key}{by}-{page.as_of.isoformat()}".replace("_", "-")


def heading(ctx: Context, page: explore.ExplorePage, chosen: Chosen) -> list[tuple[str, str]]:
    """What stands above the table in a file."""
    return [
        ("Measure", page.about.title),
        ("Meaning", page.about.meaning),
        ("Formula", page.about.formula),
        ("Unit", unit(page, ctx.currency) if page.about.unit != "money" else ctx.currency),
        ("Split", title(page).removeprefix(page.about.title).removeprefix(" by ") or "none"),
        ("Period", f"{chosen.period} ({month(page.months[0])} – {month(page.months[-1])})"),
        ("Filters", chosen.filter_words),
        ("As of", page.as_of.isoformat()),
        ("Build", page.build_id),
    ]


def as_csv(ctx: Context, page: explore.ExplorePage, chosen: Chosen) -> bytes:
    """Heading, an empty line, and the table."""
    above = heading(ctx, page, chosen)
    head = files.as_csv({"What": [name for name, _ in above], "": [text for _, text in above]})
    return head + b"\r\n" + files.as_csv(columns(page)).removeprefix(b"\xef\xbb\xbf")


def as_xlsx(ctx: Context, page: explore.ExplorePage, chosen: Chosen) -> bytes:
    """The same as a workbook: words as words, figures as figures in the format of the screen."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Explore")
        bold = book.add_format({"bold": True})
        number = book.add_format({"num_format": _NUMBERS.get(page.about.unit, "#,##0")})
        row = 0
        for row, (name, text) in enumerate(heading(ctx, page, chosen)):
            sheet.write_string(row, 0, name, bold)
            sheet.write_string(row, 1, str(files.harmless(text)))
        top = row + 2
        for at, (name, cells) in enumerate(columns(page).items()):
            sheet.write_string(top, at, str(files.harmless(name)), bold)
            for below, cell in enumerate(cells, start=top + 1):
                if isinstance(cell, str):
                    sheet.write_string(below, at, str(files.harmless(cell)))
                elif cell is not None:
                    sheet.write_number(below, at, cell, number)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(page.months) + 1, 12)
        sheet.freeze_panes(top + 1, 1)
    return out.getvalue()


_NUMBERS = {"percent": '0.0" %"', "hours": "0.0", "days": "0.0", "points": "0.0", "ratio": '0.0" ×"'}


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
