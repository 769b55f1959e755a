"""Who wants something of which review, read from what Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.guard import request_of, team_of
from bot.slack.home import is_home
from bot.slack.modals import read_metadata
from notifiers.shared.members import objects, string
from notifiers.slack.blocks import read_value
from reviews.language import speak
from reviews.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.home import Home
    from bot.slack.people import People
    from reviews.identity import Reviewer
    from reviews.proven_person import ProvenPerson


def nothing() -> None:
    """Take the place of an acknowledgement that Slack has got."""


class Wishes:
    """Where the settings name no workspace, each request says itself which one the app is in."""

    def __init__(self, people: People, *, home: Home) -> None:
        self._people = people
        self._home = home

    def clicked(self, body: dict[str, Any], *, asking: Callable[[], object] = nothing) -> tuple[Wish, int]:
        """Return who clicked on what, and the revision that the button was drawn for.

        The button's value names the review, the container the channel where the card stands. A modal that was
        opened from a card remembers that channel; App Home is in none. `asking` is called before Slack is
        asked for a person who is not known; then raises `FarSideError` where it does not say.
        """
        review_id, revision = read_value(string(objects(body, "actions")[0], "value"))
        who = self.who(body, asking=asking)
        wish = _wish(body, review_id, who)
        return self._home.vouched(wish) if is_home(body) else wish, revision

    def submitted(self, body: dict[str, Any]) -> tuple[Wish, int] | None:
        """Return who submitted a form; `None` while it is not known who that is. Asks nobody."""
        known = self._people.known(**self._named(body))
        if known is None:
            return None
        review_id, revision = read_value(read_metadata(string(body, "view", "private_metadata"))[0])
        return _wish(body, review_id, known), revision

    def known(self, body: dict[str, Any]) -> tuple[Reviewer, ...]:
        """Return who did this, under each of their addresses; nobody while that is not known. Asks nobody."""
        found = self._people.known(**self._named(body))
        return found.aliases if found else ()

    def who(self, body: dict[str, Any], *, asking: Callable[[], object] = nothing) -> ProvenPerson:
        """Return who did this, to whom their own language is spoken from now on.

        Raises `FarSideError` where Slack has to be asked and does not say.
        """
        known = self._people.who(**self._named(body), asking=asking)
        speak(known.locale)
        return known

    def chosen(self, body: dict[str, Any], user: str) -> ProvenPerson | None:
        """Return somebody who was chosen in a form; `None` while it is not known who that is."""
        installed = self._installed(body)
        return self._people.known(user, team=installed, installed=installed)

    def look_up(self, body: dict[str, Any], user: str) -> ProvenPerson:
        """Return somebody whom a form or an event names, and ask Slack for them if need be."""
        installed = self._installed(body)
        return self._people.who(user, team=installed, installed=installed)

    def _named(self, body: dict[str, Any]) -> dict[str, str]:
        return {
            "user": string(body, "user", "id"),
            "team": string(body, "user", "team_id"),
            "installed": self._installed(body),
        }

    def _installed(self, body: dict[str, Any]) -> str:
        return self._home.team_id or team_of(body) or ""


def _wish(body: dict[str, Any], review_id: str, who: ProvenPerson) -> Wish:
    return Wish(review_id=review_id, person=who, place=_place(body), request=request_of(body))


def _place(body: dict[str, Any]) -> tuple[str, str] | None:
    """Return the channel of the card that was clicked, or from which the form was opened."""
    if not string(body, "view", "id"):
        return "slack", string(body, "container", "channel_id")
    _value, channel = read_metadata(string(body, "view", "private_metadata"))
    return ("slack", channel) if channel else None
