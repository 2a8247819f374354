"""What the Meeting page is made of: its figures and the lines of its lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_core.views.measures import Cell, Measure
from crm_core.views.opinions import Opinion
from crm_core.views.reading import told

MONTHS = 13


@dataclass(frozen=True)
class Kpi:
    """One figure of the top: a measure now, a month and a year ago."""

    definition: Measure = told("What the figure means.")
    cells: tuple[Cell, ...] = told("The months it is known for, up to a year back, oldest first.")

    def at(self, k: int) -> Cell | None:
        """The value k months back; None where the data do not reach back that far."""
        return next((cell for cell in self.cells if cell.k == k), None)

    def change_since(self, k: int) -> float | None:
        """What has been added since k months back, in the measure's own unit; None if either is not known."""
        now, then = self.at(0), self.at(k)
        if now is None or then is None or now.value is None or then.value is None:
            return None
        return now.value - then.value


@dataclass(frozen=True)
class Move:
    """One customer whose chance of leaving has moved."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    yearly_value: float | None = told("What the customer pays in a year.")
    before: float = told("Of 100 customers like this, so many leave within 90 days: then.")
    now: float = told("Of 100 customers like this, so many leave within 90 days: now.")
    reason: str = told("The strongest reason of today's number that points the way it has moved; empty if none does.")

    @property
    def change(self) -> float:
        """How far it has moved; a chance from 0 to 1."""
        return self.now - self.before


@dataclass(frozen=True)
class Moves:
    """What has moved since about a month ago."""

    since: date | None = told("Day of the earlier score; empty if there is none.")
    rows: tuple[Move, ...] = told("Customers whose chance of leaving has moved most, weighted by money.")
    n_up: int = told("Customers whose chance has risen by 5 points of 100 or more.")
    value_up: float = told("What they pay in a year.")
    n_down: int = told("Customers whose chance has fallen by 5 points of 100 or more.")
    value_down: float = told("What they pay in a year.")


@dataclass(frozen=True)
class Danger:
    """Money at risk in one segment; money is a year's revenue."""

    segment: str | None = told("Segment; empty for customers without one.")
    n_customers: int = told("Customers that can leave.")
    value: float = told("What they pay in a year.")
    n_high: int = told("Customers with a high chance of leaving.")
    value_high: float = told("What they pay in a year.")
    n_renewals: int = told("Of those with a high chance, contracts that end within 90 days and are not signed again.")
    value_renewals: float = told("What these pay in a year.")
    n_unknown: int = told("Customers about whom there is not enough evidence: neither in danger nor safe.", 0)
    value_unknown: float = told("What they pay in a year.", 0.0)


@dataclass(frozen=True)
class Dispute:
    """One customer or lead about whom somebody disagrees with the model."""

    question: str = told("churn or lead.")
    entity_id: str = told("Key of the customer or lead.")
    name: str = told("Customer or lead.")
    money: float | None = told("Yearly value of the customer, or value of the deal.")
    probability: float = told("The model's number people are compared with: now, or in a past week the one shown then.")
    low: float | None = told("Lower end of the model's interval.")
    high: float | None = told("Upper end of the model's interval.")
    evidence: float | None = told("Share of the model's attention that rests on what could be observed.")
    opinions: tuple[Opinion, ...] = told("What people say, newest first.")
    distance: float = told("How far apart people and model are; a chance from 0 to 1.")
    spread: float = told("How far people are apart among themselves; a chance from 0 to 1.")
    now: float | None = told("What the model says now; empty where it gives no number.", None)

    @property
    def then(self) -> tuple[float, ...]:
        """What the model had shown when they spoke, in the order of the opinions, each number once."""
        return tuple(dict.fromkeys(o.shown_probability for o in self.opinions if o.shown_probability is not None))

    @property
    def information(self) -> float:
        """How much there is to learn: distance, more where people differ and where little was seen (0 to 4)."""
        unseen = 0.0 if self.evidence is None else 1 - self.evidence
        return self.distance * (1 + self.spread) * (1 + unseen)
