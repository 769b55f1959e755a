"""Who a Slack user is, from what Slack said of their account lately, or else by asking Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.json_members import string
from notifiers.slack.account import CHAT_NAME, read_account
from notifiers.slack.failures import translate_errors
from reviews.errors import OutcomeUnknown
from reviews.people.identification import Identification

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from reviews.account import ChatAccount
    from reviews.identity import Reviewer
    from reviews.people.directory import Directory
    from reviews.proven_person import ProvenPerson

LOOKUP_TIMEOUT_SECONDS = 5  # seconds for a look-up; by then Slack has its answer to the click


class SlackPeople:
    """Tells who people are by their Slack id. The id itself is proven by Slack's signature.

    Whoever was mentioned or has clicked lately is known. Anybody else is looked up, which may take longer
    than Slack waits for us: `client` should have no more than `PATIENCE`.
    """

    def __init__(self, client: WebClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory
        self._identification = Identification(directory=directory)

    def is_cached(self, user: str) -> bool:
        """Tell whether a person is known without a look-up."""
        return self._directory.find_account(CHAT_NAME, user) is not None

    def identify(
        self, user: str, *, team: str, installed: str, asking: Callable[[], object] = lambda: None
    ) -> ProvenPerson:
        """Return the person; raises one of the product's `RemoteError`s where Slack does not say.

        `asking` is called before somebody is looked up: the last moment to tell Slack that the click arrived.
        `team` is the workspace that the click names for them, `installed` the one that the app is in. Whoever
        is not of ours by both accounts has no address here: in a channel that is shared with another company
        anybody there could have set an owner's address.
        """
        account = self._directory.find_account(CHAT_NAME, user)
        if account is None:
            asking()
            account = self._look_up(user)
        return self._make_person(account, team=team, installed=installed)

    def find_cached(self, user: str, *, team: str, installed: str) -> ProvenPerson | None:
        """Return the person where they are known without a look-up."""
        account = self._directory.find_account(CHAT_NAME, user)
        return self._make_person(account, team=team, installed=installed) if account else None

    def _make_person(self, account: ChatAccount, *, team: str, installed: str) -> ProvenPerson:
        ours = installed in account.workspaces and team in {*account.workspaces, account.organization}
        if not ours:
            return self._identification.from_stranger(account)
        return self._identification.from_account(account)

    def reviewer(self, user: str, *, team: str, installed: str) -> Reviewer:
        """Return the person under their usual address, for one who has only to be named."""
        return self.identify(user, team=team, installed=installed).primary_reviewer

    def _look_up(self, user: str) -> ChatAccount:
        with translate_errors("users.info"):
            said = self._client.users_info(user=user, include_locale=True).data
        account = read_account(said)
        if account is None or string(said, "user", "id") != user:
            raise OutcomeUnknown("users.info: Slack's answer names nobody")
        self._directory.save_account(account)
        return account
