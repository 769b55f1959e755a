"""The user groups of Slack that stand for owners: who is in them (scope `usergroups:read`)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from notifiers.shared.members import member, objects, string
from notifiers.slack.account import CHAT, read
from notifiers.slack.failures import calling
from reviews.account import Standing
from reviews.errors import FarSideError, OutcomeUnknown, Permanent, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slack_sdk import WebClient

    from reviews.account import Account
    from reviews.people.directory import Directory

MOST_LOOKED_UP = 300  # people in one round; the others are members by their ids alone

log = structlog.get_logger()


class Groups:
    """Looks groups up and keeps who is in them, so that a click need only read the database.

    A group that Slack does not have, has disabled, or does not let us read has no members: nobody can answer
    by it. While Slack does not answer, what was learnt last stays. Each trouble is logged once.
    """

    def __init__(self, client: WebClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory
        self._lock = threading.Lock()
        self._said: dict[str, str] = {}
        self._unanswered: set[str] = set()

    def look_up(self, names: Iterable[str]) -> bool:
        """Learn who is in these groups; raises nothing where Slack fails.

        Return whether Slack has said of each how it stands; else it is worth asking again soon.
        """
        wanted = list(dict.fromkeys(name.casefold() for name in names))
        if not wanted:
            return True
        try:
            found = self._all()
        except FarSideError as error:
            for name in wanted:
                self._trouble(name, error)
            return not isinstance(error, TryLater)
        left = MOST_LOOKED_UP
        for name in wanted:
            left = self._keep(name, found.get(name.removeprefix("@")), left)
        with self._lock:
            return self._unanswered.isdisjoint(wanted)

    def _keep(self, name: str, group: Mapping[str, object] | None, left: int) -> int:
        """Keep one group; `left` people may still be looked up, and as many are returned as then are left."""
        if group is None:
            self._trouble(name, Permanent("Slack has no such user group, or it is disabled"))
            return left
        try:
            users = self._users(string(group, "id"))
        except FarSideError as error:
            self._trouble(name, error)
            return left
        members = set(users)
        for user in users:
            account = self._directory.account(CHAT, user)
            if account is None and left > 0:
                left -= 1
                account = self._look_up(user)
            if account and account.email and account.standing is Standing.MEMBER:
                members.add(account.email.casefold())
        self._directory.keep_group(name, members, {"id": string(group, "id"), "name": string(group, "name")})
        self._well(name)
        return left

    def _all(self) -> dict[str, Mapping[str, object]]:
        with calling("usergroups.list"):
            said = self._client.usergroups_list(include_disabled=False).data
        if not isinstance(member(said, "usergroups"), list):
            raise OutcomeUnknown("usergroups.list: Slack's answer holds no list")
        enabled = (group for group in objects(said, "usergroups") if not group.get("date_delete"))
        return {string(group, "handle").casefold(): group for group in enabled if string(group, "id")}

    def _users(self, group: str) -> list[str]:
        with calling("usergroups.users.list"):
            said = self._client.usergroups_users_list(usergroup=group).data
        users = member(said, "users")
        if not isinstance(users, list):
            raise OutcomeUnknown("usergroups.users.list: Slack's answer holds no list")
        return [user for user in users if isinstance(user, str) and user]

    def _look_up(self, user: str) -> Account | None:
        try:
            with calling("users.info"):
                account = read(self._client.users_info(user=user).data)
        except FarSideError:
            return None
        if account is not None and account.id == user:
            self._directory.learn(account)
            return account
        return None

    def _trouble(self, name: str, error: FarSideError) -> None:
        """Say once what is wrong with a group, and let nobody answer by one that is no more."""
        if not isinstance(error, TryLater):
            self._directory.keep_group(name, (), {})
        with self._lock:
            new = self._said.get(name) != str(error)
            self._said[name] = str(error)
            if isinstance(error, TryLater):
                self._unanswered.add(name)
            else:
                self._unanswered.discard(name)
        if new:
            log.warning("group_not_read", group=name, reason=str(error))

    def _well(self, name: str) -> None:
        with self._lock:
            mended = self._said.pop(name, None)
            self._unanswered.discard(name)
        if mended:
            log.info("group_read", group=name)
