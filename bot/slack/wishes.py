"""Who wants something of which review, read from what Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.guard import request_of, team_of
from bot.slack.home import is_home
from notifiers.shared.members import objects, string
from notifiers.slack.blocks import read_value
from reviews.language import speak
from reviews.model import Identity
from reviews.permission import Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.home import Home
    from bot.slack.people import Known, People
    from reviews.model import Reviewer


def nothing() -> None:
    """Take the place of an acknowledgement that Slack has got."""


class Wishes:
    """Where the settings name no workspace, each request says itself which one the app is in."""

    def __init__(self, people: People, *, home: Home) -> None:
        self._people = people
        self._home = home

    def clicked(self, body: dict[str, Any], *, asking: Callable[[], object] = nothing) -> tuple[Wish, int]:
        """Return who clicked on what, and the revision that the button was drawn for.

        The button's value names the review, the container the channel where the card stands, unless the
        button is in a modal or in App Home. `asking` is called before Slack is asked for a person who is not
        known; then raises `FarSideError` where it does not say.
        """
        review_id, revision = read_value(string(objects(body, "actions")[0], "value"))
        who = self.who(body, asking=asking)
        in_view = bool(string(body, "view", "id"))
        place = None if in_view else ("slack", string(body, "container", "channel_id"))
        wish = _wish(body, review_id, who, place)
        return self._home.vouched(wish) if is_home(body) else wish, revision

    def submitted(self, body: dict[str, Any]) -> tuple[Wish, int] | None:
        """Return who submitted a form; `None` while it is not known who that is. Asks nobody."""
        known = self._people.known(**self._named(body))
        if known is None:
            return None
        review_id, revision = read_value(string(body, "view", "private_metadata"))
        return _wish(body, review_id, known), revision

    def known(self, body: dict[str, Any]) -> tuple[Reviewer, ...]:
        """Return who did this, under each of their addresses; nobody while that is not known. Asks nobody."""
        found = self._people.known(**self._named(body))
        return found.aliases if found else ()

    def who(self, body: dict[str, Any], *, asking: Callable[[], object] = nothing) -> Known:
        """Return who did this, to whom their own language is spoken from now on.

        Raises `FarSideError` where Slack has to be asked and does not say.
        """
        known = self._people.who(**self._named(body), asking=asking)
        speak(known.locale)
        return known

    def chosen(self, body: dict[str, Any], user: str) -> Known | None:
        """Return somebody who was chosen in a form; `None` while it is not known who that is."""
        installed = self._installed(body)
        return self._people.known(user, team=installed, installed=installed)

    def look_up(self, body: dict[str, Any], user: str) -> Known:
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


def _wish(body: dict[str, Any], review_id: str, who: Known, place: tuple[str, str] | None = None) -> Wish:
    return Wish(
        review_id=review_id,
        reviewer=who.reviewer,
        other_addresses=who.other_addresses,
        identity=Identity.SLACK,
        place=place,
        request=request_of(body),
    )
