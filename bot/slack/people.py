"""Look-up of Slack users: in recently stored accounts, or else in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.json_members import get_text
from notifiers.slack.account import CHAT_NAME, read_account
from notifiers.slack.failures import translate_errors
from reviews.errors import OutcomeUnknown
from reviews.people.identification import Identification

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from reviews.account import ChatAccount
    from reviews.identity import ProvenPerson
    from reviews.people.identification import Directory

LOOKUP_TIMEOUT_SECONDS = 5  # seconds for a look-up; Slack has its response to the click by then


class SlackPeople:
    """Identification of people by their Slack id, which Slack's signature proves.

    A person who was mentioned or has clicked recently is cached. Others are looked up, which may take longer
    than Slack waits for us: `client` should have a timeout of at most `LOOKUP_TIMEOUT_SECONDS`.
    """

    def __init__(self, client: WebClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory
        self._identification = Identification(directory=directory)

    def identify(
        self,
        user: str,
        *,
        team: str,
        installation_team: str,
        before_lookup: Callable[[], object] = lambda: None,
    ) -> ProvenPerson:
        """Return the person; raises one of the product's `RemoteError`s if Slack does not provide them.

        `before_lookup` is called before a look-up: the last moment to acknowledge the click. `team` is the
        workspace that the click names for the person, `installation_team` the one that the app is in. A
        person who is not ours by both the click and the account has no address here: in a channel shared with
        another company, anyone there could have set an owner's address.
        """
        account = self._directory.find_account(CHAT_NAME, user)
        if account is None:
            before_lookup()
            account = self._look_up(user)
        return self._make_person(account, team=team, installation_team=installation_team)

    def find_cached(self, user: str, *, team: str, installation_team: str) -> ProvenPerson | None:
        """Return the person if no look-up is needed."""
        account = self._directory.find_account(CHAT_NAME, user)
        return self._make_person(account, team=team, installation_team=installation_team) if account else None

    def _make_person(self, account: ChatAccount, *, team: str, installation_team: str) -> ProvenPerson:
        is_member = installation_team in account.workspaces and team in {
            *account.workspaces,
            account.organization,
        }
        if not is_member:
            return self._identification.identify_stranger(account)
        return self._identification.identify_account(account)

    def _look_up(self, user: str) -> ChatAccount:
        with translate_errors("users.info"):
            response = self._client.users_info(user=user, include_locale=True).data
        account = read_account(response)
        if account is None or get_text(response, "user", "id") != user:
            raise OutcomeUnknown("users.info: Slack's answer names no one")
        self._directory.save_account(account)
        return account
