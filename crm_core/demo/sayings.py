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
        "They grumble every spring and then they renew.", "I know the head of the unit well, he stays with us.",
        "Good people, good talk last week. They are with us.", "A loyal customer for years.",
    ),
    ("churn", "knows_personally", UP): _plain(
        "Something is off, they avoid my calls.", "I know this tone from the last one who left.",
        "They have become very polite. That is a bad sign.", "The mood has turned, I can feel it.",
        "My contact has gone quiet since the reorganisation.", "The tone of the last talk was different.",
    ),
    ("churn", "data_wrong", DOWN): (
        *_about("calls", "We talk every week, my calls are just not logged.",
                "I phone them regularly, it is just written nowhere.",
                "No contact? I was on the phone with them on Monday."),
        *_about("meetings", "The quarterly review took place, the calendar lost it."),
        *_about("product_usage", "They moved to the new tenant, the old one is empty of course."),
        *_about("tickets", "The same case was opened three times by mistake.",
                "The open tickets were solved long ago."),
    ),
    ("churn", "data_wrong", UP): (
        *_about("product_usage", "The logins are a script, no person uses it.",
                "The logins come from a test account."),
        *_about("tickets", "Cases were closed without being solved."),
        *_about("billing", "The last invoice shows as paid and is not."),
        *_about("calls", "Those calls were reminders of ours, nobody answered."),
        *_about("meetings", "The meeting in the calendar was cancelled by them."),
    ),
    ("churn", "data_missing", DOWN): (
        *_about(PARTNER, "Their partner works with them every day, we just do not see it.",
                "The partner looks after them closely."),
        *_about(SPONSOR, "Their board wants this product, no field says so."),
        *_about(HOLIDAY, "They are closed for four weeks every year, so no logins.",
                "Works holidays, hence no use."),
        *_about(CASES, "The cases come from a trainee who learns the system."),
    ),
    ("churn", "data_missing", UP): (
        *_about(SEATS, "Half of their seats are empty, look at it.", "They pay for seats that nobody uses."),
        *_about(SPONSOR, "Nobody in their management speaks for us any more."),
        *_about(CASES, "All cases come from their head of operations.", "The complaints come from the very top."),
        *_about(PARTNER, "Their partner has started to sell something else."),
    ),
    ("churn", "contract_known", DOWN): _plain(
        "The frame contract runs for two more years.", "Renewal is part of the group's agreement.",
        "They have signed for the second site already.", "The frame contract has long to run.",
        "Notice period has passed, they are in for another term.", "The renewal is with their purchasing.",
    ),
    ("churn", "contract_known", UP): _plain(
        "They have a special right to end it this quarter.", "The contract was made for one project only.",
        "Purchasing asked for the exact date of notice.", "The price increase gives them a right to end it.",
        "No renewal clause, it simply ends.", "The contract hung on public funding.",
    ),
    ("churn", "customer_told_us", DOWN): (
        *_about("renewal_agreed", "They told me on the phone that they renew.", "Renewal promised by word of mouth."),
        *_about("new_sponsor", "Their new director wants to work with us.", "Their new head counts on us."),
        *_about("problem_solved", "The problem with the interface is solved, they say.",
                "The trouble with the interface is off the table."),
        *_about("wants_more", "They asked for a quote for more seats.", "They want to connect a second site."),
    ),
    ("churn", "customer_told_us", UP): (
        *_about("leaving_announced", "They said in the call that they will not go on.",
                "They have announced the end."),
        *_about("champion_left", "Our champion has left the company.", "Who spoke for us there is gone."),
        *_about("competitor", "They are in talks with somebody else.", "They are testing another product."),
        *_about("budget_cut", "Their budget was cut by a third.", "The budget is gone."),
        *_about("merged", "They are being taken over, systems will be merged."),
    ),
    ("churn", "timing", DOWN): _plain(
        "Not before the year ends, they have no time for a change.",
                "They are in the middle of an audit, nobody decides now.",
        "Too early to worry, ask again in autumn.", "Nothing happens there before their annual accounts.",
        "They decide in spring, not now.", "Nobody is there in summer.",
    ),
    ("churn", "timing", UP): _plain(
        "They decide on suppliers this month.", "Budget round is right now, we may fall out.",
        "The new quarter starts with a review of all contracts.", "Their tender is running now.",
        "If anything happens, it happens before summer.", "The decision falls within this quarter.",
    ),
    ("churn", "other", DOWN): _plain("Just a feeling, but a good one.", "The score seems too high to me.",
            "That does not fit my picture of them."),
    ("churn", "other", UP): _plain("Just a feeling, and not a good one.", "I would look at this one twice.",
            "Something is wrong there."),
    ("lead", "knows_personally", UP): _plain(
        "I worked with him before, he buys.", "We get on very well, this will come.",
                "We understand each other, this will work out.",
    ),
    ("lead", "knows_personally", DOWN): _plain(
        "He asks everybody and buys from nobody.", "I know them, they only compare prices.",
                "He wants a quote for the drawer only.",
    ),
    ("lead", "data_wrong", UP): (
        *_about("calls", "We have talked three times, my calls are not logged.",
                "On the phone several times, it is just written nowhere."),
        *_about("emails", "His answers went to my old address."),
    ),
    ("lead", "data_wrong", DOWN): (
        *_about("emails", "The replies are out-of-office notes.", "Those are only automatic replies."),
        *_about("meetings", "The meeting never took place."),
    ),
    ("lead", "data_missing", UP): _about(SPONSOR, "Their management wants it, no field says so.",
            "The wish comes from their managing director."),
    ("lead", "data_missing", DOWN): _about(PARTNER, "They are bound to another partner.",
            "Another partner holds them by contract."),
    ("lead", "contract_known", UP): _plain("Their old contract ends, they need something.",
            "The old contract runs out."),
    ("lead", "contract_known", DOWN): _plain("Tied to somebody else for two years.",
            "They are tied elsewhere for long."),
    ("lead", "customer_told_us", UP): (
        *_about("budget_signed", "Their budget is signed, they told me.", "The budget is released."),
        *_about("deadline", "They must be live by a fixed date."),
        *_about("champion_found", "Somebody in their team speaks for us now.", "We have an advocate there."),
    ),
    ("lead", "customer_told_us", DOWN): (
        *_about("project_stopped", "Their project was stopped.", "They have put the project on ice."),
        *_about("competitor", "They have chosen somebody else.", "They have decided otherwise."),
        *_about("no_fit", "We do not fit what they need, they said."),
    ),
    ("lead", "timing", UP): _plain("They decide this month.", "The decision is near."),
    ("lead", "timing", DOWN): _plain("Not this year, they say.", "Next year at the earliest."),
    ("lead", "other", UP): _plain("I would call this one first.", "This looks good."),
    ("lead", "other", DOWN): _plain("I would not spend time here.", "I do not waste my time there."),
}  # fmt: skip

SORT_OF = {"data_wrong": "data_error", "customer_told_us": "new_fact", "data_missing": "missing_feature"}
"""Reason -> what the stewards sort it into; everything else is an opinion."""

VERDICTS: Mapping[str, tuple[str, ...]] = {
    "data_error": (
        "Checked with the owner of the source: it does not arrive.", "The source and the note disagree; passed on.",
        "Confirmed, the source delivers nothing here.",
    ),
    "new_fact": (
        "Asked once more: said so to us directly.", "Noted as a fact, with the day of the call.",
        "Confirmed by a colleague; it stands as a fact now.",
    ),
    "missing_feature": (
        "No source holds this; put on the wish list.", "Third time somebody asks for it.",
        "Put on the list for the analysts.",
    ),
    "opinion": (
        "A view, and a fair one; nothing to mend.", "Kept beside the score until the outcome is known.",
        "An estimate; it stays beside the number.",
    ),
}  # fmt: skip

MENDED: Mapping[str, tuple[str, ...]] = {
    "calls": (
        "Connected the missing extension; calls arrive again.",
        "Showed the app once more; calls are logged now.",
    ),
    "meetings": ("Calendar connected anew.", "Meetings added from the calendar."),
    "emails": ("Added the second address to the archive.", "Out-of-office notes are left out now."),
    "product_usage": ("Test account marked as such.", "Logins assigned to the right customer."),
    "tickets": ("Deleted the double cases at the source.", "Closed the cases that were solved."),
    "billing": ("Payment corrected by accounting.", "Booking corrected."),
}
"""Feed -> what its owner writes when a data error is mended."""
