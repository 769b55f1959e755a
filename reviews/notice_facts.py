"""What the notices of a review have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reviews.model import Review
    from reviews.routes.route import Route


class ReviewFacts(TypedDict):
    """The members that each notice takes from its review."""

    title: str
    path: str
    link: str | None
    revision: int
    route: str
    private: bool


def get_review_facts(review: Review) -> ReviewFacts:
    return {
        "title": review.title,
        "path": review.path,
        "link": review.link,
        "revision": review.revision,
        "route": review.route,
        "private": review.private,
    }


def is_broadcast(route: Route | None) -> bool:
    """Return whether the whole channel sees what is posted in a thread; not where the route is gone."""
    return route is not None and route.broadcasts


def list_places(review: Review, route: Route | None) -> tuple[tuple[str, str], ...]:
    """Return where messages about a review go: beside its cards; of a campaign in its route's channels."""
    if review.campaign is None:
        return tuple((card.notifier, card.target) for card in review.cards)
    return tuple((target.notifier, target.address) for target in route.notify) if route else ()


def find_personal_channel(
    places: Iterable[tuple[str, str]], direct_message_channels: Collection[str]
) -> str | None:
    """Return the channel that notifies single people, if any: the first that can write to a person."""
    return next((notifier for notifier, _target in places if notifier in direct_message_channels), None)
