"""Who wants something of which review, read from what Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.home import is_home
from bot.slack.modals import read_metadata
from bot.slack.request_checks import get_team, name_request
from notifiers.shared.json_members import objects, string
from notifiers.slack.blocks import read_button_value
from reviews.language import switch_language
from reviews.review_request import ReviewRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.home import Home
    from bot.slack.people import SlackPeople
    from reviews.identity import Reviewer
    from reviews.proven_person import ProvenPerson


def skip_acknowledgement() -> None:
    """Take the place of an acknowledgement that Slack has got."""


class SlackRequestReader:
    """Where the settings name no workspace, each request says itself which one the app is in."""

    def __init__(self, people: SlackPeople, *, home: Home) -> None:
        self._people = people
        self._home = home

    def read_click(
        self, body: dict[str, Any], *, asking: Callable[[], object] = skip_acknowledgement
    ) -> tuple[ReviewRequest, int]:
        """Return who clicked on what, and the revision that the button was drawn for.

        The button's value names the review, the container the channel where the card stands. A modal that was
        opened from a card remembers that channel; App Home is in none. `asking` is called before Slack is
        asked for a person who is not known; then raises `RemoteError` where it does not say.
        """
        review_id, revision = read_button_value(string(objects(body, "actions")[0], "value"))
        who = self.identify_sender(body, asking=asking)
        wish = _make_request(body, review_id, who)
        return self._home.check_own_review(wish) if is_home(body) else wish, revision

    def read_submission(self, body: dict[str, Any]) -> tuple[ReviewRequest, int] | None:
        """Return who submitted a form; `None` while it is not known who that is. Asks nobody."""
        known = self._people.find_cached(**self._read_identity(body))
        if known is None:
            return None
        review_id, revision = read_button_value(read_metadata(string(body, "view", "private_metadata"))[0])
        return _make_request(body, review_id, known), revision

    def list_cached_aliases(self, body: dict[str, Any]) -> tuple[Reviewer, ...]:
        """Return who did this, under each of their addresses; nobody while that is not known. Asks nobody."""
        found = self._people.find_cached(**self._read_identity(body))
        return found.aliases if found else ()

    def identify_sender(
        self, body: dict[str, Any], *, asking: Callable[[], object] = skip_acknowledgement
    ) -> ProvenPerson:
        """Return who did this, to whom their own language is spoken from now on.

        Raises `RemoteError` where Slack has to be asked and does not say.
        """
        known = self._people.identify(**self._read_identity(body), asking=asking)
        switch_language(known.locale)
        return known

    def find_chosen_person(self, body: dict[str, Any], user: str) -> ProvenPerson | None:
        """Return somebody who was chosen in a form; `None` while it is not known who that is."""
        installed = self._installed(body)
        return self._people.find_cached(user, team=installed, installed=installed)

    def look_up(self, body: dict[str, Any], user: str) -> ProvenPerson:
        """Return somebody whom a form or an event names, and ask Slack for them if need be."""
        installed = self._installed(body)
        return self._people.identify(user, team=installed, installed=installed)

    def _read_identity(self, body: dict[str, Any]) -> dict[str, str]:
        return {
            "user": string(body, "user", "id"),
            "team": string(body, "user", "team_id"),
            "installed": self._installed(body),
        }

    def _installed(self, body: dict[str, Any]) -> str:
        return self._home.team_id or get_team(body) or ""


def _make_request(body: dict[str, Any], review_id: str, who: ProvenPerson) -> ReviewRequest:
    return ReviewRequest(
        review_id=review_id, person=who, place=_find_channel(body), request=name_request(body)
    )


def _find_channel(body: dict[str, Any]) -> tuple[str, str] | None:
    """Return the channel of the card that was clicked, or from which the form was opened."""
    if not string(body, "view", "id"):
        return "slack", string(body, "container", "channel_id")
    _value, channel = read_metadata(string(body, "view", "private_metadata"))
    return ("slack", channel) if channel else None
