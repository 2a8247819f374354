"""The history of what the invented employees said and answered, ready to be brought into a ledger: plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from crm_core.demo.colleagues import MOST_DAYS_LATE, REASONS, Views, spoken, views
from crm_core.demo.parameters import EPOCH, Chunk, Company
from crm_core.demo.people import FEEDS, employees
from crm_core.demo.sayings import DOWN, MENDED, SAYINGS, SORT_OF, UP, VERDICTS, Saying
from crm_core.demo.world import generate

IN_FORCE_DAYS, IN_FORCE_SAID_WITHIN, YEAR = 60, 13, 365
PER_STANDING = 250
HOUR = timedelta(hours=1)
MOST_DAYS_TO_ANSWER = 5
BELIEFS = {"churn": {UP: "will_leave", DOWN: "will_stay"}, "lead": {UP: "ready", DOWN: "not_ready"}}
STEWARDS = tuple(p.number for p in employees() if p.role == "steward")
MANAGER_OF = {p.number: p.manager for p in employees()}
OWNER_OF_FEED = {feed: owner for feed, _kind, _title, owner, *_ in FEEDS}
MODEL, BUILD = "demo-0", "demo"


@dataclass(frozen=True)
class Glimpse:
    """What the earlier model showed: chances 0..1 with their interval, money in the installation's currency."""

    probability: float
    low: float
    high: float
    base_rate: float
    tier: str
    evidence: float
    money_at_stake: float | None
    as_of: date
    model_version: str = MODEL
    build_id: str = BUILD


@dataclass(frozen=True)
class Word:
    """One thing somebody said at `at` (UTC).

    `kind` is disagreement, withdrawal, triage or fixed. `about` is the id of a customer or lead; of a triage and of
    something fixed it is the `key` of the disagreement. `takes_back` is the `key` of what a withdrawal takes back.
    `code` is a reason, or the detail of a sort. `is_open`: waits for an answer, so that the stewards' queue can be
    tried out; `waiting_at` moves it to the day the demo begins. The rest is as in the ledger.
    """

    key: str
    kind: str
    who: str
    at: datetime
    question: str
    about: str
    words: str
    belief: str | None = None
    probability: float | None = None
    code: str | None = None
    expires_on: date | None = None
    shown: Glimpse | None = None
    takes_back: str | None = None
    is_open: bool = False


def talk(company: Company) -> tuple[Word, ...]:
    """What was said over the history, oldest first; of a company of several slices only in the first one.

    The same parameters give the same words. Every disagreement is about somebody under contract, or an open lead, on
    the day it was said, and at most `MOST_DAYS_LATE` days after the as-of day whose score it is about.
    """
    chunk = next(company.chunks())
    part = generate(chunk)
    said: list[Word] = []
    for question in BELIEFS:
        of = views(chunk, part, question)
        teller = _Teller(chunk, of)
        said += teller.past(spoken(chunk, of))
        if question == "churn":
            said += teller.standing()
    return tuple(sorted(said, key=lambda word: (word.at, word.key)))


def waiting_at(said: Iterable[Word], moment: datetime) -> tuple[Word, ...]:
    """The same words, oldest first; those that wait for an answer are said in the hours before `moment` (UTC).

    Else whoever starts the demo months after its last day finds a queue that is overdue by months. They keep their
    order among themselves, what they were shown, and how long they count.
    """
    at = sorted(said, key=lambda word: (word.at, word.key))
    waiting = [word.key for word in at if word.is_open]
    moved = [
        _later(word, moment - HOUR * (len(waiting) - waiting.index(word.key))) if word.is_open else word for word in at
    ]
    return tuple(sorted(moved, key=lambda word: (word.at, word.key)))


def _later(word: Word, at: datetime) -> Word:
    """Said at `at`, if that is later than it was."""
    if at <= word.at:
        return word
    expires_on = word.expires_on and word.expires_on + (at.date() - word.at.date())
    return replace(word, at=at, expires_on=expires_on)


class _Teller:
    """Puts the views of one question into words, one after the other, with one random stream."""

    def __init__(self, chunk: Chunk, of: Views) -> None:
        self._of, self._end = of, chunk.company.as_of
        self._rng = chunk.rng(f"words_{of.question}")
        self._n = 0

    def past(self, places: np.ndarray) -> Iterator[Word]:
        """Disagreements of the past, a few of them contradicted, replaced or taken back; all of them sorted."""
        for place in places:
            first = self._disagreement(int(place), int(self._of.owner[place]))
            luck = self._rng.random()
            yield first
            if luck < 0.03:
                # What is replaced within days is not sorted any more; the later word is.
                yield from self._with_answer(self._second_thought(first, int(place)))
                continue
            yield from self._answered(first)
            if luck < 0.055:
                yield from self._with_answer(self._contradiction(first, int(place)))
            elif luck < 0.085:
                yield self._withdrawal(first)

    def standing(self) -> Iterator[Word]:
        """A handful of the last two weeks about large customers at risk, in force for a year; one pair contradicts."""
        of, newest = self._of, (self._end - EPOCH).days
        can = (of.as_of == newest) & (of.since < newest - YEAR // 2) & (of.until > newest) & (np.abs(of.distance) > 0.3)
        at = np.flatnonzero(can)
        weight = of.money[at] * of.guess[at]
        n = max(4, round(len(np.unique(of.key)) / PER_STANDING))
        for rank, place in enumerate(at[np.argsort(-weight, kind="stable")][:n]):
            seen_on = newest - int(self._rng.integers(1, IN_FORCE_SAID_WITHIN + 1))
            word = self._disagreement(int(place), int(of.owner[place]), seen_on)
            word = replace(word, expires_on=word.at.date() + timedelta(days=YEAR))
            is_open = rank % 2 == 0
            yield replace(word, is_open=is_open)
            if not is_open:
                yield from self._answered(word)
            if rank == 0:
                other = self._contradiction(word, int(place))
                yield replace(other, expires_on=word.expires_on, is_open=True)

    def _disagreement(self, place: int, who: int, seen_on: int | None = None) -> Word:
        of, reason = self._of, REASONS[self._of.reason[place]]
        side = UP if of.distance[place] > 0 else DOWN
        shown = self._glimpse(place, seen_on)
        late = int(self._rng.integers(0, MOST_DAYS_LATE + 1))
        at = self._moment(min(shown.as_of + timedelta(days=late), self._end))
        saying = self._pick(SAYINGS[of.question, reason, side])
        view = round(float(of.view[place]), 2)
        belief = BELIEFS[of.question][side]
        if of.question == "lead" and side == DOWN and view <= 0.02 and self._rng.random() < 0.5:
            belief = "dead"
        # Whoever is sure says it in a word; who is not gives a number.
        is_sure = view >= 0.45 or view <= 0.06
        number = None if self._rng.random() < (0.6 if is_sure else 0.15) else self._on_its_side(view, shown, side)
        return Word(
            self._key("d"), "disagreement", f"E-{who:02d}", at, of.question, str(of.key[place]), saying.words,
            belief=belief, probability=number, code=reason, expires_on=at.date() + timedelta(days=IN_FORCE_DAYS),
            shown=shown,
        )  # fmt: skip

    def _glimpse(self, place: int, seen_on: int | None) -> Glimpse:
        of, p = self._of, float(self._of.guess[place])
        spread = 1.28 * (p * (1 - p) / 60) ** 0.5
        usual = of.base_rate / (1 - of.base_rate)
        times = p / (1 - p) / usual
        evidence = self._rng.uniform(0.6, 0.8) if of.is_blind[place] else self._rng.uniform(0.75, 1.0)
        return Glimpse(
            probability=round(p, 4), low=round(max(0.0, p - spread), 4), high=round(min(1.0, p + spread), 4),
            base_rate=round(of.base_rate, 4), tier="high" if times >= 3 else "medium" if times >= 1.5 else "low",
            evidence=round(evidence, 3), money_at_stake=None if np.isnan(of.money[place]) else float(of.money[place]),
            as_of=EPOCH + timedelta(days=int(of.as_of[place]) if seen_on is None else seen_on),
        )  # fmt: skip

    def _on_its_side(self, view: float, shown: Glimpse, side: str) -> float:
        """A number that two digits have not pushed to the other side of the model's."""
        if side == UP:
            return max(view, round(shown.probability + 0.01, 2))
        return min(view, max(0.0, round(shown.probability - 0.01, 2)))

    def _contradiction(self, first: Word, place: int) -> Word:
        """The owner's manager sees the same score and expects the opposite."""
        side = DOWN if first.belief == BELIEFS[first.question][UP] else UP
        reason = ("knows_personally", "timing")[int(self._rng.integers(2))]
        saying = self._pick(SAYINGS[first.question, reason, side])
        number = self._on_its_side(0.6 if side == UP else 0.03, self._shown(first), side)
        last = min(self._shown(first).as_of + timedelta(days=MOST_DAYS_LATE), self._end)
        at = self._moment(min(max(last, first.at.date()), self._day_before_end(place)), after=first.at)
        return replace(
            first, key=self._key("d"), who=f"E-{MANAGER_OF[int(first.who[2:])]:02d}", at=at, words=saying.words,
            belief=BELIEFS[first.question][side], probability=number, code=reason,
            expires_on=at.date() + timedelta(days=IN_FORCE_DAYS),
        )  # fmt: skip

    def _second_thought(self, first: Word, place: int) -> Word:
        """The same person says it again within the nine days, more clearly: the later word replaces the earlier."""
        last = min(self._shown(first).as_of + timedelta(days=MOST_DAYS_LATE), self._end)
        at = self._moment(min(max(last, first.at.date()), self._day_before_end(place)), after=first.at)
        side = UP if first.belief == BELIEFS[first.question][UP] else DOWN
        number = self._on_its_side(0.7 if side == UP else 0.04, self._shown(first), side)
        saying = self._pick(SAYINGS[first.question, str(first.code), side])
        expires_on = at.date() + timedelta(days=IN_FORCE_DAYS)
        return replace(first, key=self._key("d"), at=at, words=saying.words, probability=number, expires_on=expires_on)

    def _withdrawal(self, first: Word) -> Word:
        at = self._moment(
            min(first.at.date() + timedelta(days=int(self._rng.integers(2, 21))), self._end), after=first.at
        )
        return Word(self._key("w"), "withdrawal", first.who, at, first.question, first.about, "", takes_back=first.key)

    def _with_answer(self, word: Word) -> Iterator[Word]:
        yield word
        yield from self._answered(word)

    def _answered(self, word: Word) -> Iterator[Word]:
        """A steward sorts it 0 to 5 days later; most data errors are mended some days after that."""
        sort = SORT_OF.get(str(word.code), "opinion")
        detail = None if sort == "opinion" else self._detail(word)
        late = timedelta(days=int(self._rng.integers(0, MOST_DAYS_TO_ANSWER + 1)))
        at = self._moment(min(word.at.date() + late, self._end), after=word.at)
        steward = STEWARDS[int(self._rng.integers(len(STEWARDS)))]
        words = self._pick(tuple(Saying(sentence) for sentence in VERDICTS[sort])).words
        yield Word(
            self._key("t"), "triage", f"E-{steward:02d}", at, word.question, word.key, words, belief=sort, code=detail,
            shown=word.shown,
        )  # fmt: skip
        mended = at.date() + timedelta(days=int(self._rng.integers(2, 13)))
        if detail is not None and sort == "data_error" and self._rng.random() < 0.8 and mended <= self._end:
            done = self._pick(tuple(Saying(sentence) for sentence in MENDED[detail])).words
            owner = f"E-{OWNER_OF_FEED[detail]:02d}"
            at = self._moment(mended)
            yield Word(self._key("f"), "fixed", owner, at, word.question, word.key, done, code=detail, shown=word.shown)

    def _detail(self, word: Word) -> str | None:
        known = (saying for of, sayings in SAYINGS.items() if of[0] == word.question for saying in sayings)
        return next(saying.detail for saying in known if saying.words == word.words)

    def _day_before_end(self, place: int) -> date:
        """Last day on which there was somebody to speak about."""
        return EPOCH + timedelta(days=min(int(self._of.until[place]), (self._end - EPOCH).days))

    def _shown(self, word: Word) -> Glimpse:
        if word.shown is None:
            raise ValueError(word.key)
        return word.shown

    def _moment(self, day: date, after: datetime | None = None) -> datetime:
        """Some moment of a working day, later than `after` where that is on the same day."""
        moment = datetime.combine(day, time(7)) + timedelta(seconds=int(self._rng.integers(0, 36_000)))
        return moment if after is None or moment > after else after + timedelta(minutes=7)

    def _pick(self, sayings: tuple[Saying, ...]) -> Saying:
        return sayings[int(self._rng.integers(len(sayings)))]

    def _key(self, letter: str) -> str:
        self._n += 1
        return f"{self._of.question}-{letter}{self._n:05d}"
