"""Reminders that are due at one time, put into messages: one for each person and place."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.identity import join_addresses
from reviews.ladder.notice_contents import build_line, build_list, build_notice
from reviews.notice import NoticeKind, make_person_target
from reviews.notice_facts import find_personal_channel, list_places
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reviews.model import Review
    from reviews.notice import ReminderMessage
    from reviews.ports.reminders import QueuedReminder
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes

MAX_REMINDERS_AT_ONCE = 10_000
"""So many take about a second; of more that are due at one time people get a message for each such part."""
MIN_REVIEWS_OF_LIST = 2
_DIGEST_LENGTH = 16  # hex digits

Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice that is owed to one (notifier, target), beside the cards of a review where it has one."""

    place: Place
    notice: ReminderMessage
    cause: str
    review_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What one person or group is asked about one review; without a `recipient`, a channel is notified."""

    reminder: QueuedReminder
    review: Review
    recipient: str | None
    review_places: tuple[Place, ...]
    """Where messages about the review go."""
    who: str = ""
    """The same for all addresses of one person."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it is asked, unless in a direct message."""
        return self.review_places if self.reminder.place is None else (self.reminder.place,)

    @property
    def is_of_campaign(self) -> bool:
        return self.review.campaign is not None

    @property
    def subject(self) -> tuple[str, bool]:
        """What it is about: the review, or the changes to its document."""
        return self.review.id, self.reminder.kind is NoticeKind.FOLLOW_UP


@dataclass(frozen=True, kw_only=True)
class PreparedMessages:
    """The messages that queued reminders are put into, and the numbers of these."""

    numbers: tuple[int, ...]
    messages: tuple[Message, ...]


def prepare_messages(
    work: UnitOfWork, routes: Routes, direct_message_channels: Collection[str]
) -> PreparedMessages:
    """Return the messages of the oldest queued reminders, at most `MAX_REMINDERS_AT_ONCE`."""
    queued = work.queued_reminders.list_oldest(MAX_REMINDERS_AT_ONCE)
    ids = list(dict.fromkeys(reminder.review_id for reminder in queued.values()))
    reviews = {review.id: review for review in work.reviews.get_many(ids)}
    messages = group_reminders(list(queued.values()), reviews, routes, direct_message_channels)
    return PreparedMessages(numbers=tuple(queued), messages=tuple(messages))


def store_messages(work: UnitOfWork, prepared: PreparedMessages) -> bool:
    """Owe the messages in place of their reminders; `False` if another worker has done so."""
    if not prepared.numbers or not work.queued_reminders.remove(prepared.numbers):
        return False
    for message in prepared.messages:
        work.cards.owe_notice(message.place, message.notice, cause=message.cause, review_id=message.review_id)
    return True


def group_reminders(
    queued: Sequence[QueuedReminder],
    reviews: Mapping[str, Review],
    routes: Routes,
    direct_message_channels: Collection[str],
) -> Iterator[Message]:
    """Yield the messages: no person or group gets two of them in one place.

    A person who is asked about several reviews gets one direct message, if a channel of their cards can send
    one. All others are asked in the channels: about several reviews in one list, else beside the card.
    """
    questions = _list_questions(queued, reviews, routes)
    personal = list(_select_personal(questions, direct_message_channels))
    for number, asked in enumerate(personal, start=1):
        yield _write_personal_list(asked, direct_message_channels, number=number)
    covered = {id(question) for asked in personal for question in asked}
    by_place: defaultdict[tuple[Place, bool], list[_Question]] = defaultdict(list)
    for question in questions:
        if id(question) not in covered:
            for place in question.places:
                by_place[place, question.recipient is None].append(question)
    for (place, _is_notified), asked in by_place.items():
        yield from _write_at_place(place, asked, routes)


def _list_questions(
    queued: Sequence[QueuedReminder], reviews: Mapping[str, Review], routes: Routes
) -> list[_Question]:
    """Return whom to ask about what; of several reminders of one review a person gets the latest."""
    addresses = {recipient.casefold() for reminder in queued for recipient in reminder.recipients}
    persons = {each: min(map(str.casefold, join_addresses(routes.people, (each,)))) for each in addresses}
    latest: dict[tuple[str, str | Place], _Question] = {}
    for reminder in queued:
        review = reviews.get(reminder.review_id)
        if review is None:
            continue
        question = _Question(
            reminder=reminder,
            review=review,
            recipient=None,
            review_places=list_places(review, routes.find_route(review.route)),
        )
        if reminder.place is not None:
            latest[review.id, reminder.place] = question
        for recipient in reminder.recipients:
            who = persons[recipient.casefold()]
            latest[review.id, who] = replace(question, recipient=recipient, who=who)
    return list(latest.values())


def _select_personal(
    questions: Iterable[_Question], direct_message_channels: Collection[str]
) -> Iterator[list[_Question]]:
    """Yield the questions of each person who gets them in a direct message."""
    by_person: defaultdict[str, list[_Question]] = defaultdict(list)
    for question in questions:
        is_person = question.recipient is not None and not is_group(question.recipient)
        if is_person and find_personal_channel(question.review_places, direct_message_channels):
            by_person[question.who].append(question)
    yield from (asked for asked in by_person.values() if _is_list(asked))


def _is_list(asked: Sequence[_Question]) -> bool:
    """Return whether a person is asked in a list: about several reviews, or about a campaign.

    The reviews of a campaign have no card in a channel, beside which one alone could be asked.
    """
    return len(asked) >= MIN_REVIEWS_OF_LIST or any(question.is_of_campaign for question in asked)


def _write_personal_list(
    asked: Sequence[_Question], direct_message_channels: Collection[str], *, number: int
) -> Message:
    """Return the list of one person, in the channel that most of its reviews have.

    It belongs to the first of these: beside its card it is posted if the person can't be reached alone. There
    the lists of several people differ by their `number` alone.
    """
    channels = [find_personal_channel(question.review_places, direct_message_channels) for question in asked]
    channel = Counter(channels).most_common(1)[0][0]
    anchor = asked[channels.index(channel)]
    target = make_person_target(anchor.recipient or "")
    review_id = None if anchor.is_of_campaign else anchor.review.id
    return _write_list((channel or "", target), asked, review_id=review_id, number=number)


def _write_at_place(place: Place, asked: Sequence[_Question], routes: Routes) -> Iterator[Message]:
    """Yield one list for all who are asked about several reviews here, and a notice for each other review."""
    by_person: defaultdict[str, list[_Question]] = defaultdict(list)
    for question in asked:
        by_person[question.who].append(question)
    listed = {who for who, questions in by_person.items() if _is_list(questions)}
    in_list = [question for question in asked if question.who in listed]
    if in_list:
        yield _write_list(place, in_list)
    others: defaultdict[tuple[str, bool], list[_Question]] = defaultdict(list)
    for question in asked:
        if question.who not in listed:
            others[question.subject].append(question)
    for alone in others.values():
        if message := _write_single(place, alone, routes):
            yield message


def _write_list(
    place: Place, asked: Iterable[_Question], *, review_id: str | None = None, number: int = 0
) -> Message:
    by_subject: defaultdict[tuple[str, bool], list[_Question]] = defaultdict(list)
    for question in asked:
        by_subject[question.subject].append(question)
    latest = [_get_latest(questions) for questions in by_subject.values()]
    lines = [
        build_line(reminder.kind, questions[0].review, _list_recipients(questions))
        for reminder, questions in zip(latest, by_subject.values(), strict=True)
    ]
    at = max(reminder.at for reminder in latest)
    notice = build_list(lines, at=at, urgent=any(reminder.urgent for reminder in latest))
    cause = f"{NoticeKind.REMINDER_LIST}:{at.isoformat()}:{_compute_digest(latest)}:{number}"
    return Message(place=place, notice=notice, cause=cause, review_id=review_id)


def _write_single(place: Place, asked: Sequence[_Question], routes: Routes) -> Message | None:
    reminder, review = _get_latest(asked), asked[0].review
    notice = build_notice(
        reminder.kind,
        review,
        routes.find_route(review.route),
        at=reminder.at,
        mention=_list_recipients(asked),
        urgent=any(question.reminder.urgent for question in asked),
    )
    # A channel of the review that a step names can be notified and have people asked in it at one time.
    notified = ":notified" if reminder.place is not None else ""
    cause = f"{reminder.kind}:{reminder.at.isoformat()}{notified}"
    return Message(place=place, notice=notice, cause=cause, review_id=review.id) if notice else None


def _get_latest(asked: Iterable[_Question]) -> QueuedReminder:
    """Return the latest reminder; of several of one time that of the last step."""
    reminders = [question.reminder for question in asked]
    return max(reversed(reminders), key=lambda reminder: reminder.at)


def _list_recipients(asked: Iterable[_Question]) -> tuple[str, ...]:
    return tuple(question.recipient for question in asked if question.recipient is not None)


def _compute_digest(reminders: Iterable[QueuedReminder]) -> str:
    """Return what distinguishes a list from others of the same time and place; it names no one."""
    texts = sorted(f"{each.review_id} {each.kind} {each.at.isoformat()} {each.place}" for each in reminders)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:_DIGEST_LENGTH]
