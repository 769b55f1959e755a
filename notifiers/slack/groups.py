"""The user groups of Slack that act as owners, and their members (scope `usergroups:read`)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from notifiers.shared.json_members import get_member, get_text, list_objects
from notifiers.slack.account import CHAT_NAME, read_account
from notifiers.slack.failures import translate_errors
from reviews.account import AccountStatus
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slack_sdk import WebClient

    from reviews.account import ChatAccount
    from reviews.people.identification import Directory

MAX_LOOKUPS = 300  # people in one round; the others are members by their ids only

log = structlog.get_logger()


class SlackGroups:
    """Looks groups up and stores their members, so that a click only reads the database.

    A group that Slack does not have, has disabled, or does not let us read has no members: no one can answer
    by it. While Slack does not answer, the last members stay. Each trouble is logged once.
    """

    def __init__(self, client: WebClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory
        self._lock = threading.Lock()
        self._logged_reasons: dict[str, str] = {}
        self._unanswered: set[str] = set()

    def look_up(self, names: Iterable[str]) -> bool:
        """Look up the members of these groups; raises nothing if Slack fails.

        Return whether Slack gave a final answer for each; otherwise a retry soon may help.
        """
        names_to_read = list(dict.fromkeys(name.casefold() for name in names))
        if not names_to_read:
            return True
        try:
            groups = self._fetch_groups()
        except RemoteError as error:
            for name in names_to_read:
                self._record_failure(name, error)
            return not isinstance(error, TryLater)
        lookups_left = MAX_LOOKUPS
        for name in names_to_read:
            lookups_left = self._store_group(name, groups.get(name.removeprefix("@")), lookups_left)
        with self._lock:
            return self._unanswered.isdisjoint(names_to_read)

    def _store_group(self, name: str, group: Mapping[str, object] | None, lookups_left: int) -> int:
        """Store one group with at most `lookups_left` look-ups of people; return how many are left."""
        if group is None:
            self._record_failure(name, Permanent("Slack has no such user group, or it is disabled"))
            return lookups_left
        try:
            users = self._fetch_members(get_text(group, "id"))
        except RemoteError as error:
            self._record_failure(name, error)
            return lookups_left
        members = set(users)
        for user in users:
            account = self._directory.find_account(CHAT_NAME, user)
            if account is None and lookups_left > 0:
                lookups_left -= 1
                account = self._look_up(user)
            if account and account.email and account.status is AccountStatus.MEMBER:
                members.add(account.email.casefold())
        self._directory.save_group(
            name, members, {"id": get_text(group, "id"), "name": get_text(group, "name")}
        )
        self._clear_failure(name)
        return lookups_left

    def _fetch_groups(self) -> dict[str, Mapping[str, object]]:
        with translate_errors("usergroups.list"):
            answer = self._client.usergroups_list(include_disabled=False).data
        if not isinstance(get_member(answer, "usergroups"), list):
            raise OutcomeUnknown("usergroups.list: Slack's answer holds no list")
        enabled = (group for group in list_objects(answer, "usergroups") if not group.get("date_delete"))
        return {get_text(group, "handle").casefold(): group for group in enabled if get_text(group, "id")}

    def _fetch_members(self, group: str) -> list[str]:
        with translate_errors("usergroups.users.list"):
            answer = self._client.usergroups_users_list(usergroup=group).data
        users = get_member(answer, "users")
        if not isinstance(users, list):
            raise OutcomeUnknown("usergroups.users.list: Slack's answer holds no list")
        return [user for user in users if isinstance(user, str) and user]

    def _look_up(self, user: str) -> ChatAccount | None:
        try:
            with translate_errors("users.info"):
                account = read_account(self._client.users_info(user=user).data)
        except RemoteError:
            return None
        if account is not None and account.id == user:
            self._directory.save_account(account)
            return account
        return None

    def _record_failure(self, name: str, error: RemoteError) -> None:
        """Log once what is wrong with a group, and remove the members of one that does not exist."""
        if not isinstance(error, TryLater):
            self._directory.save_group(name, (), {})
        with self._lock:
            new = self._logged_reasons.get(name) != str(error)
            self._logged_reasons[name] = str(error)
            if isinstance(error, TryLater):
                self._unanswered.add(name)
            else:
                self._unanswered.discard(name)
        if new:
            log.warning("group_not_read", group=name, reason=str(error))

    def _clear_failure(self, name: str) -> None:
        with self._lock:
            was_failing = self._logged_reasons.pop(name, None)
            self._unanswered.discard(name)
        if was_failing:
            log.info("group_read", group=name)
