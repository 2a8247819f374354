"""What the invented colleagues write: short sentences that say no more than on which side they stand, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UP, DOWN = "raises", "lowers"


@dataclass(frozen=True)
class Saying:
    """A sentence and what a steward later finds in it: a fact, a feed or a wish."""

    words: str
    detail: str | None = None


def _plain(*sentences: str) -> tuple[Saying, ...]:
    return tuple(Saying(sentence) for sentence in sentences)


def _about(detail: str, *sentences: str) -> tuple[Saying, ...]:
    return tuple(Saying(sentence, detail) for sentence in sentences)


CASES, SPONSOR, HOLIDAY, PARTNER, SEATS = (
    "who opens the support cases, not only how many",
    "whether a sponsor in their management speaks for us",
    "school holidays and closed weeks of their country",
    "what the partner who looks after them hears",
    "seats they pay for and do not use",
)
# (question, reason, side) -> sentences
SAYINGS: Mapping[tuple[str, str, str], tuple[Saying, ...]] = {
    ("churn", "knows_personally", DOWN): _plain(
        "I have known them for six years, they stay.", "We meet every month, nothing to worry about.",
        "They grumble every spring and then they renew.", "Ich kenne den Bereichsleiter gut, der bleibt bei uns.",
        "Good people, good talk last week. They are with us.", "Seit Jahren ein treuer Kunde.",
    ),
    ("churn", "knows_personally", UP): _plain(
        "Something is off, they avoid my calls.", "I know this tone from the last one who left.",
        "They have become very polite. That is a bad sign.", "Die Stimmung ist gekippt, ich spüre das.",
        "My contact has gone quiet since the reorganisation.", "Der Ton im letzten Gespräch war anders als sonst.",
    ),
    ("churn", "data_wrong", DOWN): (
        *_about("calls", "We talk every week, my calls are just not logged.",
                "Ich telefoniere regelmäßig mit ihnen, nur steht es nirgends.",
                "No contact? I was on the phone with them on Monday."),
        *_about("meetings", "The quarterly review took place, the calendar lost it."),
        *_about("product_usage", "They moved to the new tenant, the old one is empty of course."),
        *_about("tickets", "The same case was opened three times by mistake.",
                "Die offenen Tickets sind längst gelöst."),
    ),
    ("churn", "data_wrong", UP): (
        *_about("product_usage", "The logins are a script, no person uses it.",
                "Die Anmeldungen kommen von einem Testkonto."),
        *_about("tickets", "Cases were closed without being solved."),
        *_about("billing", "The last invoice shows as paid and is not."),
        *_about("calls", "Those calls were reminders of ours, nobody answered."),
        *_about("meetings", "The meeting in the calendar was cancelled by them."),
    ),
    ("churn", "data_missing", DOWN): (
        *_about(PARTNER, "Their partner works with them every day, we just do not see it.",
                "Der Partner betreut sie eng."),
        *_about(SPONSOR, "Their board wants this product, no field says so."),
        *_about(HOLIDAY, "They are closed for four weeks every year, so no logins.",
                "Betriebsferien, deshalb keine Nutzung."),
        *_about(CASES, "The cases come from a trainee who learns the system."),
    ),
    ("churn", "data_missing", UP): (
        *_about(SEATS, "Half of their seats are empty, look at it.", "Sie zahlen für Plätze, die keiner nutzt."),
        *_about(SPONSOR, "Nobody in their management speaks for us any more."),
        *_about(CASES, "All cases come from their head of operations.", "Die Beschwerden kommen von ganz oben."),
        *_about(PARTNER, "Their partner has started to sell something else."),
    ),
    ("churn", "contract_known", DOWN): _plain(
        "The frame contract runs for two more years.", "Renewal is part of the group's agreement.",
        "They have signed for the second site already.", "Der Rahmenvertrag läuft noch lange.",
        "Notice period has passed, they are in for another term.", "Die Verlängerung liegt beim Einkauf.",
    ),
    ("churn", "contract_known", UP): _plain(
        "They have a special right to end it this quarter.", "The contract was made for one project only.",
        "Purchasing asked for the exact date of notice.", "Sonderkündigungsrecht nach der Preiserhöhung.",
        "No renewal clause, it simply ends.", "Der Vertrag hing an einem Förderprogramm.",
    ),
    ("churn", "customer_told_us", DOWN): (
        *_about("renewal_agreed", "They told me on the phone that they renew.", "Verlängerung mündlich zugesagt."),
        *_about("new_sponsor", "Their new director wants to work with us.", "Die neue Leiterin setzt auf uns."),
        *_about("problem_solved", "The problem with the interface is solved, they say.",
                "Der Ärger mit der Schnittstelle ist vom Tisch."),
        *_about("wants_more", "They asked for a quote for more seats.", "Sie wollen einen zweiten Standort anbinden."),
    ),
    ("churn", "customer_told_us", UP): (
        *_about("leaving_announced", "They said in the call that they will not go on.",
                "Sie haben das Ende angekündigt."),
        *_about("champion_left", "Our champion has left the company.", "Unser Fürsprecher ist nicht mehr da."),
        *_about("competitor", "They are in talks with somebody else.", "Sie testen ein anderes Produkt."),
        *_about("budget_cut", "Their budget was cut by a third.", "Das Budget ist gestrichen."),
        *_about("merged", "They are being taken over, systems will be merged."),
    ),
    ("churn", "timing", DOWN): _plain(
        "Not before the year ends, they have no time for a change.",
                "They are in the middle of an audit, nobody decides now.",
        "Too early to worry, ask again in autumn.", "Vor dem Jahresabschluss passiert da nichts.",
        "They decide in spring, not now.", "Im Sommer ist dort niemand da.",
    ),
    ("churn", "timing", UP): _plain(
        "They decide on suppliers this month.", "Budget round is right now, we may fall out.",
        "The new quarter starts with a review of all contracts.", "Jetzt läuft ihre Ausschreibung.",
        "If anything happens, it happens before summer.", "Die Entscheidung fällt noch in diesem Quartal.",
    ),
    ("churn", "other", DOWN): _plain("Just a feeling, but a good one.", "The score seems too high to me.",
            "Das passt nicht zu meinem Bild."),
    ("churn", "other", UP): _plain("Just a feeling, and not a good one.", "I would look at this one twice.",
            "Da stimmt etwas nicht."),
    ("lead", "knows_personally", UP): _plain(
        "I worked with him before, he buys.", "We get on very well, this will come.",
                "Die Chemie stimmt, das wird was.",
    ),
    ("lead", "knows_personally", DOWN): _plain(
        "He asks everybody and buys from nobody.", "I know them, they only compare prices.",
                "Der will nur ein Angebot für die Schublade.",
    ),
    ("lead", "data_wrong", UP): (
        *_about("calls", "We have talked three times, my calls are not logged.",
                "Mehrfach telefoniert, steht nur nirgends."),
        *_about("emails", "His answers went to my old address."),
    ),
    ("lead", "data_wrong", DOWN): (
        *_about("emails", "The replies are out-of-office notes.", "Das sind nur Abwesenheitsnotizen."),
        *_about("meetings", "The meeting never took place."),
    ),
    ("lead", "data_missing", UP): _about(SPONSOR, "Their management wants it, no field says so.",
            "Der Wunsch kommt von der Geschäftsführung."),
    ("lead", "data_missing", DOWN): _about(PARTNER, "They are bound to another partner.",
            "Sie sind an einen anderen Partner gebunden."),
    ("lead", "contract_known", UP): _plain("Their old contract ends, they need something.",
            "Der alte Vertrag läuft aus."),
    ("lead", "contract_known", DOWN): _plain("Tied to somebody else for two years.",
            "Sie sind noch lange anderswo gebunden."),
    ("lead", "customer_told_us", UP): (
        *_about("budget_signed", "Their budget is signed, they told me.", "Budget ist freigegeben."),
        *_about("deadline", "They must be live by a fixed date."),
        *_about("champion_found", "Somebody in their team speaks for us now.", "Wir haben dort eine Fürsprecherin."),
    ),
    ("lead", "customer_told_us", DOWN): (
        *_about("project_stopped", "Their project was stopped.", "Das Projekt ist gestoppt."),
        *_about("competitor", "They have chosen somebody else.", "Sie haben sich anders entschieden."),
        *_about("no_fit", "We do not fit what they need, they said."),
    ),
    ("lead", "timing", UP): _plain("They decide this month.", "Die Entscheidung fällt bald."),
    ("lead", "timing", DOWN): _plain("Not this year, they say.", "Frühestens im nächsten Jahr."),
    ("lead", "other", UP): _plain("I would call this one first.", "Das sieht gut aus."),
    ("lead", "other", DOWN): _plain("I would not spend time here.", "Da verschwende ich keine Zeit."),
}  # fmt: skip

SORT_OF = {"data_wrong": "data_error", "customer_told_us": "new_fact", "data_missing": "missing_feature"}
"""Reason -> what the stewards sort it into; everything else is an opinion."""

VERDICTS: Mapping[str, tuple[str, ...]] = {
    "data_error": (
        "Checked with the owner of the source: it does not arrive.", "The source and the note disagree; passed on.",
        "Bestätigt, die Quelle liefert hier nichts.",
    ),
    "new_fact": (
        "Asked once more: said so to us directly.", "Noted as a fact, with the day of the call.",
        "Als Tatsache aufgenommen.",
    ),
    "missing_feature": (
        "No source holds this; put on the wish list.", "Third time somebody asks for it.",
        "Auf die Wunschliste gesetzt.",
    ),
    "opinion": (
        "A view, and a fair one; nothing to mend.", "Kept beside the score until the outcome is known.",
        "Eine Einschätzung, sie bleibt neben der Zahl stehen.",
    ),
}  # fmt: skip

MENDED: Mapping[str, tuple[str, ...]] = {
    "calls": (
        "Connected the missing extension; calls arrive again.",
        "Showed the app once more; calls are logged now.",
    ),
    "meetings": ("Calendar connected anew.", "Termine aus dem Kalender nachgetragen."),
    "emails": ("Added the second address to the archive.", "Abwesenheitsnotizen werden jetzt ausgelassen."),
    "product_usage": ("Test account marked as such.", "Zuordnung der Anmeldungen berichtigt."),
    "tickets": ("Deleted the double cases at the source.", "Gelöste Fälle geschlossen."),
    "billing": ("Payment corrected by accounting.", "Buchung berichtigt."),
}
"""Feed -> what its owner writes when a data error is mended."""
