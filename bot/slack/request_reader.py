"""Review requests, read from what Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.home import is_home
from bot.slack.modals import read_metadata
from bot.slack.request_checks import get_team, name_request
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.blocks import read_button_value
from reviews.identity import UNPROVEN_PERSON
from reviews.language import switch_language
from reviews.review_request import ReviewRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.home import Home
    from bot.slack.people import SlackPeople
    from reviews.identity import ProvenPerson


def skip_ack() -> None:
    """Do nothing, in place of an acknowledgement that Slack already has."""


class SlackRequestReader:
    """Reader of review requests.

    If the settings name no workspace, each request itself names the one that the app is in.
    """

    def __init__(self, people: SlackPeople, *, home: Home) -> None:
        self._people = people
        self._home = home

    def read_click(
        self, body: dict[str, Any], *, before_lookup: Callable[[], object] = skip_ack
    ) -> tuple[ReviewRequest, int]:
        """Return the request that a click makes, and the revision that the button was drawn for.

        The button's value names the review, the container the channel of the card. A modal opened from a card
        stores that channel; App Home is in none. `before_lookup` is called before Slack is asked for a person
        who is not cached; raises `RemoteError` if Slack does not provide them.
        """
        review_request, revision = self.read_viewing(body, before_lookup=before_lookup)
        return self._home.check_own_review(review_request) if is_home(body) else review_request, revision

    def read_viewing(
        self, body: dict[str, Any], *, before_lookup: Callable[[], object] = skip_ack
    ) -> tuple[ReviewRequest, int]:
        """Return the request of a click that answers nothing, and the number in the button's value.

        App Home requires no duty for it: what the person may see is checked where it is looked up.
        """
        review_id, number = read_clicked_button(body)
        person = self.identify_sender(body, before_lookup=before_lookup)
        return _make_request(body, review_id, person), number

    def read_submission(self, body: dict[str, Any]) -> tuple[ReviewRequest, int] | None:
        """Return the request of a submitted form; `None` if its sender is not cached. Never asks Slack."""
        person = self._people.find_cached(**self._read_identity(body))
        if person is None:
            return None
        review_id, revision = read_button_value(read_metadata(get_text(body, "view", "private_metadata"))[0])
        return _make_request(body, review_id, person), revision

    def find_reader(self, body: dict[str, Any]) -> ProvenPerson:
        """Return the sender; `UNPROVEN_PERSON` if they are not cached. Never asks Slack."""
        return self._people.find_cached(**self._read_identity(body)) or UNPROVEN_PERSON

    def identify_sender(
        self, body: dict[str, Any], *, before_lookup: Callable[[], object] = skip_ack
    ) -> ProvenPerson:
        """Return the sender, and switch to their language.

        Raises `RemoteError` if Slack has to be asked and does not provide them.
        """
        person = self._people.identify(**self._read_identity(body), before_lookup=before_lookup)
        switch_language(person.locale)
        return person

    def find_chosen_person(self, body: dict[str, Any], user: str) -> ProvenPerson | None:
        """Return a person chosen in a form; `None` if they are not cached."""
        installation_team = self._find_installation_team(body)
        return self._people.find_cached(user, team=installation_team, installation_team=installation_team)

    def look_up(self, body: dict[str, Any], user: str) -> ProvenPerson:
        """Return a person named in a form or an event; asks Slack if necessary."""
        installation_team = self._find_installation_team(body)
        return self._people.identify(user, team=installation_team, installation_team=installation_team)

    def _read_identity(self, body: dict[str, Any]) -> dict[str, str]:
        return {
            "user": get_text(body, "user", "id"),
            "team": get_text(body, "user", "team_id"),
            "installation_team": self._find_installation_team(body),
        }

    def _find_installation_team(self, body: dict[str, Any]) -> str:
        return self._home.team_id or get_team(body) or ""


def read_clicked_button(body: dict[str, Any]) -> tuple[str, int]:
    """Return the review and the number in the value of the clicked button. Never asks Slack."""
    return read_button_value(get_text(list_objects(body, "actions")[0], "value"))


def _make_request(body: dict[str, Any], review_id: str, person: ProvenPerson) -> ReviewRequest:
    return ReviewRequest(
        review_id=review_id, person=person, place=_find_channel(body), request_name=name_request(body)
    )


def _find_channel(body: dict[str, Any]) -> tuple[str, str] | None:
    """Return the channel of the clicked card, or of the card from which the form was opened."""
    if not get_text(body, "view", "id"):
        return "slack", get_text(body, "container", "channel_id")
    _value, channel = read_metadata(get_text(body, "view", "private_metadata"))
    return ("slack", channel) if channel else None
