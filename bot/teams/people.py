"""Who clicked: proven by the verified activity, named by the conversation's roster (facts on Teams, 2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_text
from notifiers.teams_bot.connector import TeamsConversation
from reviews.account import AccountStatus, ChatAccount
from reviews.errors import RateLimitReached, RefusalReason, Refused, RemoteError, TryLater
from reviews.language import _
from reviews.people.identification import Identification
from reviews.text import clean_name, clean_text, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.teams.activity import Activity
    from notifiers.teams_bot.connector import Connector
    from reviews.identity import ProvenPerson
    from reviews.people.identification import Directory

CHAT_NAME = "teams"


class TeamsPeople:
    """Look-up of people in the roster. `connector` should have a short timeout: the person waits.

    A guest, or a person of another tenant in a shared channel, has no address here: their own administrators
    set it, and could have set an owner's. A guest named explicitly in the routes has the address given there.
    """

    def __init__(self, connector: Connector, directory: Directory, *, tenant: str) -> None:
        self._connector = connector
        self._directory = directory
        self._identification = Identification(directory=directory)
        self._tenant = tenant.lower()

    def identify(self, activity: Activity) -> ProvenPerson:
        """Return the person; raises a `RemoteError` if Teams does not respond, `Refused` if it can't tell."""
        if not activity.object_id or not activity.sender:
            raise _make_unproven_error()
        account = self._directory.find_account(CHAT_NAME, activity.object_id)
        if account is None:
            account = _read(
                self._connector.fetch_member(get_channel(activity), activity.sender), activity.object_id
            )
            self._directory.save_account(account)
        return self._make_person(account)

    def _make_person(self, account: ChatAccount) -> ProvenPerson:
        if self._tenant not in account.workspaces:
            return self._identification.identify_stranger(account)
        person = self._identification.identify_account(account)
        if not person.addresses and account.status is not AccountStatus.MEMBER:
            return self._identification.identify_stranger(account)
        return person

    def find_in_channel(self, activity: Activity, address: str, *, channel: str) -> ProvenPerson:
        """Return a member of this channel by their address there; `Refused` for anyone else.

        Raises a `RemoteError` if Teams does not respond in time.
        """
        conversation = replace(get_channel(activity), id=channel)
        try:
            entry = self._connector.fetch_member(conversation, address)
        except (TryLater, RateLimitReached):
            raise
        except RemoteError:
            sentence = _("{address} is not a member of this review's channel.")
            raise Refused(
                RefusalReason.NO_SUCH_PERSON, sentence.format(address=clean_text(address))
            ) from None
        account = _read(entry, get_text(entry, "aadObjectId") or get_text(entry, "objectId"))
        return self._make_person(account)

    def identify_mentioned(self, activity: Activity, user: str) -> ProvenPerson:
        """Return a person who is mentioned in the conversation; raises a `RemoteError`."""
        entry = self._connector.fetch_member(get_channel(activity), user)
        return self._make_person(_read(entry, get_text(entry, "aadObjectId") or get_text(entry, "objectId")))

    def list_names(self, activity: Activity, user: str) -> tuple[str, ...]:
        """Return the addresses and the name of a person in the conversation; raises a `RemoteError`."""
        entry = self._connector.fetch_member(get_channel(activity), user)
        names = (strip_unstorable(get_text(entry, each)) for each in ("email", "userPrincipalName", "name"))
        return tuple(dict.fromkeys(filter(None, names)))


def _read(roster_entry: Mapping[str, Any], object_id: str) -> ChatAccount:
    """Return the account in a roster entry, if it is that of the person who clicked."""
    entry_id = get_text(roster_entry, "aadObjectId") or get_text(roster_entry, "objectId")
    if entry_id.lower() != object_id.lower():
        raise _make_unproven_error()
    login = strip_unstorable(get_text(roster_entry, "userPrincipalName"))
    both = (strip_unstorable(get_text(roster_entry, "email")), login)
    mail, *others = [address for address in dict.fromkeys(both) if address] or [""]
    name = (
        get_text(roster_entry, "name")
        or f"{get_text(roster_entry, 'givenName')} {get_text(roster_entry, 'surname')}".strip()
    )
    statuses = {"guest": AccountStatus.GUEST, "anonymous": AccountStatus.OUTSIDE}
    return ChatAccount(
        chat=CHAT_NAME,
        id=object_id,
        name=clean_name(name) or mail or object_id,
        email=mail or None,
        status=statuses.get(get_text(roster_entry, "userRole").lower(), AccountStatus.MEMBER),
        workspaces=(strip_unstorable(get_text(roster_entry, "tenantId")).lower(),),
        other_emails=tuple(others),
        login=login,
    )


def get_conversation(activity: Activity) -> TeamsConversation:
    """Return the conversation of an activity, as the connector takes it."""
    return TeamsConversation(
        id=activity.conversation,
        service_url=activity.service_url,
        tenant=next(iter(activity.tenants), ""),
        bot=activity.bot,
    )


def get_channel(activity: Activity) -> TeamsConversation:
    """Return the conversation without the thread, which has no roster of its own."""
    return replace(get_conversation(activity), id=activity.channel)


def _make_unproven_error() -> Refused:
    return Refused(RefusalReason.UNPROVEN, _("Teams could not verify who you are, so nothing was recorded."))
