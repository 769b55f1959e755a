"""Subscribers, who see a change without a duty to answer, and the kind of change it is for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.acts import list_doers
from reviews.digest_notices import DigestLine
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.notice import ChangeNotice
from reviews.tree import FOLDER_ID_PREFIX
from reviews.wording.labels import format_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reviews.changes.change import Change
    from reviews.model import Review
    from reviews.ports.subscriptions import Subscription
    from reviews.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class _SubscribedChange:
    """A change as one subscription sees it: `path` is in its folder, even if the file has left it."""

    subscription: Subscription
    change: Change
    kind: ChangeKind
    path: str

    @property
    def link(self) -> str | None:
        return None if self.kind is ChangeKind.MOVED_OUT else self.change.link

    @property
    def subscribed_above(self) -> bool:
        """Whether the subscription is of a folder above all that the route watches.

        Such a subscription was made without a check that its channel may see this route.
        """
        before = self.change.before.folder_ids if self.change.before else ()
        for above in (self.change.folders, before):
            if self.subscription.folder in above:
                upwards = above[: above.index(self.subscription.folder) + 1]
                return self.change.route.watched.isdisjoint(upwards)
        return False


def has_subscribers(work: UnitOfWork, changes: Sequence[Change]) -> bool:
    """Return whether any subscription sees one of these changes: only then have people to be named."""
    return any(True for change in changes for _ in _match_subscriptions(work, change))


def notify_subscribers(
    work: UnitOfWork, changes: Sequence[Change], *, card_channels: Sequence[tuple[str, str]], at: datetime
) -> None:
    """Owe each subscriber a notice, or a line of the next digest, once for each file or folder.

    For the files of a flood they get one notice, with the number; for later changes of one of them, a notice
    as for any other change.

    `card_channels` are the channels that get the card of one of these changes, which says it all. Arrivals go
    before departures: a subscriber who sees both places is notified of the current one. A subscription to the
    very folder goes before one further up, so that a channel that may see this folder is notified as such.
    """
    notified = set(card_channels)
    for change in sorted(changes, key=lambda each: each.judgement.kind is ChangeKind.MOVED_OUT):
        for subscribed in sorted(_match_subscriptions(work, change), key=lambda each: each.subscribed_above):
            subscription = subscribed.subscription
            target = (subscription.notifier, subscription.target)
            flood = change.flood
            if subscription.digest and target not in card_channels:
                line = (
                    _build_bulk_line(work, flood.review, subscribed, at)
                    if flood
                    else _build_line(subscribed, at)
                )
                subject = flood.review.file_id if flood else change.subject
                work.subscriptions.add_line(subscription, subject, line, at=at)
            elif target not in notified:
                cause = f"change:{max(change.events)}:{change.subject}"
                if flood:
                    work.cards.owe_notice(
                        target, _build_bulk_notice(flood.review, subscribed, at), cause=flood.key
                    )
                else:
                    work.cards.owe_notice(target, _build_notice(subscribed, at), cause=cause)
                notified.add(target)


def _match_subscriptions(work: UnitOfWork, change: Change) -> Iterator[_SubscribedChange]:
    if change.judgement.own_comment:
        return
    before = change.before
    left_folders = [folder for folder in before.ids if folder not in change.folders] if before else []
    direct = work.subscriptions.list_of_folders([*change.folders, *left_folders])
    inner = [each for each in _list_inner_subscriptions(work, change) if each not in direct]
    for subscription in (*direct, *inner):
        kind = _find_kind(subscription, change)
        if kind is not None:
            path = before.path if before and subscription.folder in left_folders else change.path
            yield _SubscribedChange(subscription=subscription, change=change, kind=kind, path=path)


def _list_inner_subscriptions(work: UnitOfWork, change: Change) -> list[Subscription]:
    """Return the subscriptions of the folders in a folder: its changes also affect them."""
    if not change.subject.startswith(FOLDER_ID_PREFIX):
        return []
    return work.subscriptions.list_beneath(change.subject.removeprefix(FOLDER_ID_PREFIX))


def _find_kind(subscription: Subscription, change: Change) -> ChangeKind | None:
    """Return the most informative kind of a change for a subscription, of those that it includes.

    A move within one route is an arrival or departure for a subscriber who sees only a part of it.
    """
    judgement, folder = change.judgement, subscription.folder
    was_in_folder, is_in_folder = (
        change.before is not None and folder in change.before.ids,
        folder in change.folders,
    )
    kinds = [judgement.kind]
    if was_in_folder and not is_in_folder:
        kinds = [ChangeKind.MOVED_OUT]
    elif change.before is not None and is_in_folder and not was_in_folder:
        kinds = [ChangeKind.MOVED_IN, judgement.kind]
    if judgement.content:
        kinds.append(ChangeKind.CONTENT)
    return next((kind for kind in kinds if kind in subscription.kinds), None)


def _build_notice(subscribed: _SubscribedChange, at: datetime) -> ChangeNotice:
    change = subscribed.change
    return ChangeNotice(
        title=change.title,
        path=subscribed.path,
        link=subscribed.link,
        at=at,
        who=tuple(map(Reviewer.from_docspace, list_doers(subscribed.kind, change.acts, change.contributors))),
        version=format_versions(change.version_before, change.version) if change.version else "",
        change_kind=subscribed.kind,
        route=change.route.name,
        private=change.route.private,
        is_folder=change.subject.startswith(FOLDER_ID_PREFIX),
        subscribed_above=subscribed.subscribed_above,
    )


def _build_line(subscribed: _SubscribedChange, at: datetime) -> DigestLine:
    change = subscribed.change
    return DigestLine(
        title=change.title,
        path=subscribed.path,
        kind=subscribed.kind,
        who=tuple(map(Reviewer.from_docspace, list_doers(subscribed.kind, change.acts, change.contributors))),
        at=at,
        link=subscribed.link,
        route=change.route.name,
        private=change.route.private,
        is_folder=change.subject.startswith(FOLDER_ID_PREFIX),
        subscribed_above=subscribed.subscribed_above,
    )


def _build_bulk_notice(review: Review, subscribed: _SubscribedChange, at: datetime) -> ChangeNotice:
    """Return a subscriber's notice of a bulk review; its number of files is counted when it is sent."""
    return ChangeNotice(
        title=review.title,
        path=review.path,
        link=None,
        at=at,
        who=tuple(map(Reviewer.from_docspace, review.contributors)),
        change_kind=ChangeKind.BULK,
        route=review.route,
        private=review.private,
        is_folder=True,
        subscribed_above=subscribed.subscribed_above,
        bulk_review_id=review.id,
    )


def _build_bulk_line(
    work: UnitOfWork, review: Review, subscribed: _SubscribedChange, at: datetime
) -> DigestLine:
    return DigestLine(
        title=review.title,
        path=review.path,
        kind=ChangeKind.BULK,
        who=tuple(map(Reviewer.from_docspace, review.contributors)),
        at=at,
        link=None,
        route=review.route,
        private=review.private,
        is_folder=True,
        subscribed_above=subscribed.subscribed_above,
        files=work.bulk_files.count(review.id),
    )
