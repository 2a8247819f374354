"""Responsibilities: whom to ask when a score looks weird, who acts while somebody is away."""

from __future__ import annotations

from pages._kit import duties, gateway, shell

ctx = shell.context()
shell.header(ctx, "Whom do I ask when a score looks weird?")
page = gateway.duties(ctx.viewer)
duties.answer(page)
duties.table(ctx, page)
duties.history(ctx, page)
duties.open_form(ctx, page)
