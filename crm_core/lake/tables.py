"""The lake's tables: the one definition of names, types and meaning.

Every table also has the common columns (`COMMON`). Foreign ids are stored qualified, `<source>:<id>`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT, BOOL, DATE, TIME, REAL, INT = pa.string(), pa.bool_(), pa.date32(), pa.timestamp("us"), pa.float64(), pa.int64()
MONEY = pa.decimal128(18, 2)


@dataclass(frozen=True)
class Column:
    """One column of a lake table."""

    name: str
    type: pa.DataType
    help: str
    is_required: bool = False
    refers_to: str = ""


@dataclass(frozen=True)
class Table:
    """One table of the lake. `happened_from` names the column that dates the row in the world."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    happened_from: str = ""

    def schema(self) -> pa.Schema:
        """Arrow schema: common columns first."""
        return pa.schema([pa.field(c.name, c.type) for c in (*COMMON, *self.columns)])

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)


COMMON = (
    Column("source", TEXT, "System the row comes from.", True),
    Column("source_id", TEXT, "The row's id in that system.", True),
    Column("batch_id", TEXT, "Landing that brought the row.", True),
    Column("happened_at", TIME, "When it was true in the world (UTC).", True),
    Column("known_at", TIME, "When our systems learned it (UTC).", True),
    Column("is_update", BOOL, "Replaces an earlier version of the same row.", True),
)


def _customer(required: bool = False) -> Column:
    return Column("customer_id", TEXT, "Customer concerned.", required, "customers")


def _owner() -> Column:
    return Column("owner_id", TEXT, "Employee who owns it.", False, "employees")


_TABLES = (
    Table(
        "customers",
        "company or person served",
        (
            Column("name", TEXT, "Name people use.", True),
            Column("segment", TEXT, "Size or value class."),
            Column("industry", TEXT, "Industry."),
            Column("country", TEXT, "Country."),
            Column("region", TEXT, "Sales region."),
            Column("product_line", TEXT, "Main product line."),
            _owner(),
            Column("created_on", DATE, "Customer since."),
            Column("website", TEXT, "Web address."),
        ),
        "created_on",
    ),
    Table(
        "contacts",
        "person at a customer",
        (
            _customer(True),
            Column("full_name", TEXT, "Name of the person.", True),
            Column("email", TEXT, "E-mail address."),
            Column("phone", TEXT, "Phone number."),
            Column("title", TEXT, "Job title."),
            Column("role", TEXT, "Part in the deal: champion, decision maker, user, billing."),
            Column("consent_email", BOOL, "May be written to."),
            Column("consent_profiling", BOOL, "May be used for scoring."),
            Column("verified_on", DATE, "Last time somebody checked the data."),
            Column("left_on", DATE, "Day the person left the customer."),
        ),
    ),
    Table(
        "leads",
        "possible customer",
        (
            Column("name", TEXT, "Person."),
            Column("email", TEXT, "E-mail address."),
            Column("company", TEXT, "Company."),
            Column("source_channel", TEXT, "Where the lead came from."),
            Column("campaign", TEXT, "Campaign."),
            Column("region", TEXT, "Sales region."),
            _owner(),
            Column("created_at", TIME, "Lead since."),
            Column("status", TEXT, "Status now in the source."),
            Column("converted_at", TIME, "When it became a customer or deal."),
            Column("disqualified_at", TIME, "When it was given up."),
            _customer(),
        ),
        "created_at",
    ),
    Table(
        "opportunities",
        "deal",
        (
            _customer(),
            Column("lead_id", TEXT, "Lead it came from.", False, "leads"),
            _owner(),
            Column("name", TEXT, "Name of the deal."),
            Column("amount", MONEY, "Value."),
            Column("currency", TEXT, "ISO code of the value."),
            Column("stage", TEXT, "Stage now in the source."),
            Column("created_at", TIME, "Deal since."),
            Column("expected_close_on", DATE, "Expected close."),
            Column("closed_at", TIME, "Closed, won or lost."),
            Column("is_won", BOOL, "Won, once closed."),
        ),
        "created_at",
    ),
    Table(
        "opportunity_stages",
        "deal × stage entered",
        (
            Column("opportunity_id", TEXT, "Deal.", True, "opportunities"),
            Column("stage", TEXT, "Stage entered.", True),
            Column("entered_at", TIME, "When.", True),
        ),
        "entered_at",
    ),
    Table(
        "subscriptions",
        "contract line",
        (
            _customer(True),
            Column("product", TEXT, "Product."),
            Column("started_on", DATE, "First day.", True),
            Column("ends_on", DATE, "Last day as agreed; empty: open-ended."),
            Column("mrr", MONEY, "Monthly recurring revenue."),
            Column("currency", TEXT, "ISO code of the revenue."),
            Column("seats", INT, "Seats or units."),
            Column("auto_renew", BOOL, "Renews by itself."),
            Column("cancelled_on", DATE, "Day it stopped before its end."),
        ),
        "started_on",
    ),
    Table(
        "interactions",
        "thing that happened with a customer or lead",
        (
            _customer(),
            Column("lead_id", TEXT, "Lead concerned.", False, "leads"),
            Column("contact_id", TEXT, "Person concerned.", False, "contacts"),
            Column("kind", TEXT, "call, email, meeting, visit, login, order, …", True),
            Column("direction", TEXT, "inbound or outbound."),
            Column("feed", TEXT, "Stream that carried it."),
            _owner(),
            Column("duration_minutes", REAL, "Length in minutes."),
            Column("outcome", TEXT, "How it ended."),
            Column("sentiment", REAL, "Mood from -1 to 1."),
            Column("quantity", REAL, "Amount of use (logins, calls of a function)."),
            Column("amount", MONEY, "Money of an order."),
            Column("note", TEXT, "Words of a person."),
            Column("visibility", TEXT, "team (default) or private."),
        ),
    ),
    Table(
        "tickets",
        "support case",
        (
            _customer(True),
            Column("opened_at", TIME, "Opened.", True),
            Column("first_response_at", TIME, "First answer."),
            Column("reopened_at", TIME, "Opened again."),
            Column("closed_at", TIME, "Closed."),
            Column("priority", TEXT, "low, normal, high or urgent."),
            Column("subject", TEXT, "Words of a person."),
            Column("csat", REAL, "Satisfaction with the answer, 1 to 5."),
        ),
        "opened_at",
    ),
    Table(
        "surveys",
        "answer to a survey",
        (
            _customer(True),
            Column("contact_id", TEXT, "Person who answered.", False, "contacts"),
            Column("kind", TEXT, "nps or csat.", True),
            Column("score", REAL, "nps: 0 to 10, csat: 1 to 5.", True),
            Column("comment", TEXT, "Words of a person."),
        ),
    ),
    Table(
        "employees",
        "person who uses or owns",
        (
            Column("name", TEXT, "Name.", True),
            Column("email", TEXT, "E-mail address."),
            Column("role", TEXT, "rep, manager, executive, analyst, steward or admin."),
            Column("team", TEXT, "Team."),
            Column("region", TEXT, "Sales region."),
            Column("manager_id", TEXT, "Manager.", False, "employees"),
            Column("out_of_office_from", DATE, "First day away."),
            Column("out_of_office_to", DATE, "Last day away."),
        ),
    ),
    Table(
        "feeds",
        "source stream",
        (
            Column("feed", TEXT, "Name of the stream, as in interactions.", True),
            Column("kind", TEXT, "Kind of interactions it carries."),
            Column("title", TEXT, "Name people use."),
            _owner(),
            Column("expected_every_hours", REAL, "Expected rhythm."),
            Column("last_synced_at", TIME, "Last time it delivered."),
        ),
    ),
    Table(
        "attributes",
        "custom attribute of an entity",
        (
            Column("entity", TEXT, "customer or lead.", True),
            Column("entity_id", TEXT, "Customer or lead concerned.", True),
            Column("name", TEXT, "Name of the attribute.", True),
            Column("type", TEXT, "number, text, bool or date.", True),
            Column("value", TEXT, "Value as text."),
            Column("purpose", TEXT, "feature, protected or after_outcome.", True),
        ),
    ),
    Table(
        "outcomes",
        "label known from outside",
        (
            _customer(),
            Column("lead_id", TEXT, "Lead concerned.", False, "leads"),
            Column("question", TEXT, "churn or lead.", True),
            Column("outcome", BOOL, "What came of it.", True),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
