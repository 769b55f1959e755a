"""Commands that make, end and list the subscriptions of a channel to a folder, without a duty to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import RemoteError, ScopeMissing
from reviews.identity import CHATS
from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.ports.subscriptions import DEFAULT_SHOWN_KINDS, Subscription
from reviews.privacy.channel_visibility import is_owner_or_deputy, name_watched_folder
from reviews.privacy.redaction import name_private_document
from reviews.subscriptions.folder_search import FolderSearch, read_folder_id, split_path
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes
    from reviews.subscriptions.conversations import ConversationLookup
    from reviews.tree import Place

MAX_SUBSCRIPTIONS = 50  # of one channel
MAX_CANDIDATES = 10

_Channel = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class SubscribeRequest:
    """A request: a folder by id, path or link, and kinds of change; none means the default ones."""

    folder: str
    kinds: frozenset[ChangeKind] = frozenset()
    digest: bool = False


@dataclass(frozen=True, kw_only=True)
class SubscriptionReply:
    """A sentence and a list, only for the person who sent the command; all of it is hostile until escaped."""

    sentence: str
    lines: tuple[str, ...] = ()


class _SubscriptionRefused(Exception):
    """The request is refused; the reply says why."""

    def __init__(self, sentence: str, lines: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.reply = SubscriptionReply(sentence=sentence, lines=tuple(lines))


@dataclass(frozen=True, kw_only=True)
class SubscriptionCommands:
    """The use case. `channel` is the (notifier, target) that the command comes from.

    `conversations` has by notifier the lookup of a channel: only one that the bot is in can subscribe. It may
    call remote services, so acknowledge the command before.
    """

    transactions: Transactions
    routes: Routes
    folders: FolderSearch
    conversations: Mapping[str, ConversationLookup]
    clock: Clock

    def subscribe(
        self, request: SubscribeRequest, *, channel: _Channel, requester: ProvenPerson
    ) -> SubscriptionReply:
        """Subscribe the channel to a folder, or change what it sees of it; the reply says so, or why not."""
        try:
            public = self._check_channel(channel)
            place = self._find_folder(request.folder, requester)
            return self._subscribe(place, request, channel=channel, public=public, requester=requester)
        except _SubscriptionRefused as refusal:
            return refusal.reply

    def unsubscribe(self, text: str, *, channel: _Channel, requester: ProvenPerson) -> SubscriptionReply:
        """End a subscription of the channel, which may be of a folder that is no longer stored."""
        text = strip_unstorable(text).strip()
        with self.transactions() as work:
            existing = work.subscriptions.list_of_channel(*channel)
            matches = [each for each in existing if each.folder == read_folder_id(text)]
            matches = matches or [each for each in existing if _is_called(each, text)]
            if len(matches) != 1:
                lines = [self._describe_subscription(work, each, requester) for each in matches or existing]
                return _ask_which_folder(lines, several=bool(matches))
            work.subscriptions.drop(*channel, matches[0].folder)
            work.commit()
            title = self._show_title(work, matches[0], requester)
        return SubscriptionReply(
            sentence=_("This channel no longer subscribes to {folder}.").format(folder=title)
        )

    def list_subscriptions(self, *, channel: _Channel, requester: ProvenPerson) -> SubscriptionReply:
        """Return what the channel sees, for a person in it."""
        with self.transactions(reading=True) as work:
            lines = [
                self._describe_subscription(work, each, requester)
                for each in work.subscriptions.list_of_channel(*channel)
            ]
        if not lines:
            return SubscriptionReply(sentence=_("This channel has no subscriptions."))
        return SubscriptionReply(sentence=_("This channel subscribes to:"), lines=tuple(lines))

    def list_of_person(
        self, notifier: str, requester: ProvenPerson, chat_user_id: str
    ) -> list[tuple[str, str]]:
        """Return the channels that a person subscribed, and what each sees."""
        with self.transactions(reading=True) as work:
            made_by_person = work.subscriptions.list_made_by(notifier, chat_user_id)
            return [
                (each.target, self._describe_subscription(work, each, requester)) for each in made_by_person
            ]

    def _check_channel(self, channel: _Channel) -> bool:
        """Return whether the channel is public, if it is one that can subscribe."""
        notifier, target = channel
        look_up = self.conversations.get(notifier)
        if look_up is None:
            raise _SubscriptionRefused(_("Channels of this chat can't subscribe."))
        try:
            details = look_up(target)
        except ScopeMissing as error:
            sentence = _(
                "I can't see what kind of channel this is, because the app lacks the scope {scope}. An "
                "administrator of the app has to add the scope and reinstall the app."
            )
            raise _SubscriptionRefused(sentence.format(scope=clean_text(error.scope))) from error
        except RemoteError as error:
            raise _SubscriptionRefused(
                _("The chat service is not responding. Nothing was changed. Please try again.")
            ) from error
        if details.direct:
            raise _SubscriptionRefused(explain_only_channels())
        if not details.member:
            raise _SubscriptionRefused(
                _("I am not in this channel. Invite me first: /invite @docspace-review")
            )
        if details.archived:
            raise _SubscriptionRefused(_("This channel is archived, so nothing can be posted here."))
        return details.public

    def _find_folder(self, text: str, requester: ProvenPerson) -> Place:
        """Return the one matching folder that is watched; private ones are not even named to others."""
        matches = self.folders.find(text)
        watched = [place for place in matches if self.folders.is_watched(place)]
        if len(watched) == 1:
            return watched[0]
        if not watched:
            raise _SubscriptionRefused(
                _(
                    "Folder not found. Only watched folders and the folders in them can be used. Give the "
                    "folder's id, its link, or its path, as in Legal / Compliance."
                )
            )
        with self.transactions(reading=True) as work:
            visible = [
                place for place in watched if self._is_open_to(work, self.routes.match(place), requester)
            ]
        lines = [f"{place.folders[-1][0]}: {clean_text(place.path)}" for place in visible[:MAX_CANDIDATES]]
        raise _SubscriptionRefused(
            _("Several folders have this name. Give the id of the one that you mean:"), lines
        )

    def _subscribe(
        self,
        place: Place,
        request: SubscribeRequest,
        *,
        channel: _Channel,
        public: bool,
        requester: ProvenPerson,
    ) -> SubscriptionReply:
        kinds = request.kinds or DEFAULT_SHOWN_KINDS
        route = self.routes.match(place)
        with self.transactions() as work:
            if route and route.private and public:
                raise _SubscriptionRefused(
                    _("This folder is private: only a private channel can subscribe to it.")
                )
            if not self._is_open_to(work, route, requester):
                raise _SubscriptionRefused(
                    _("This folder is private: only its owners and deputies can subscribe a channel to it.")
                )
            folder, existing = place.folders[-1][0], work.subscriptions.list_of_channel(*channel)
            if len(existing) >= MAX_SUBSCRIPTIONS and folder not in {each.folder for each in existing}:
                raise _SubscriptionRefused(
                    _("A channel can subscribe to {count} folders at most.").format(count=MAX_SUBSCRIPTIONS)
                )
            subscription = Subscription(
                notifier=channel[0],
                target=channel[1],
                folder=folder,
                title=place.path,
                kinds=kinds,
                digest=request.digest,
                made_by=find_account_id(requester),
                made_at=self.clock(),
            )
            work.subscriptions.put(subscription)
            work.commit()
        daily_template = _("This channel now subscribes to a daily digest of {folder}: {kinds}.")
        template = (
            daily_template if request.digest else _("This channel now subscribes to {folder}: {kinds}.")
        )
        return SubscriptionReply(
            sentence=template.format(folder=clean_text(place.path), kinds=_join_kinds(kinds))
        )

    def _describe_subscription(
        self, work: UnitOfWork, subscription: Subscription, requester: ProvenPerson
    ) -> str:
        title = self._show_title(work, subscription, requester)
        line = f"{subscription.folder}: {title} ({_join_kinds(subscription.kinds)})"
        return f"{line}, {_('once a day')}" if subscription.digest else line

    def _show_title(self, work: UnitOfWork, subscription: Subscription, requester: ProvenPerson) -> str:
        place = work.folders.get_place_before(subscription.folder)
        route = self.routes.match(place) if place else None
        if route is None:  # it is no longer clear whether it was private
            may_see = not self.routes.private or subscription.made_by in requester.chat_ids.values()
            return clean_text(subscription.title) if may_see else subscription.folder
        if self._is_open_to(work, route, requester):
            return clean_text(subscription.title)
        return name_private_document(name_watched_folder(work, route, subscription.title), is_folder=True)

    def _is_open_to(self, work: UnitOfWork, route: Route | None, requester: ProvenPerson) -> bool:
        return route is None or not route.private or is_owner_or_deputy(work, route, requester)


def explain_only_channels() -> str:
    return _("Only a channel can subscribe. Send the command in the channel that should get the changes.")


def find_account_id(person: ProvenPerson) -> str:
    """Return the person's account in the first chat in which they have one."""
    return next((person.chat_ids[chat] for chat in CHATS if chat in person.chat_ids), "")


def _join_kinds(kinds: frozenset[ChangeKind]) -> str:
    """Return the kinds in the words of the command, in the order of the model."""
    return ", ".join(kind.value for kind in ChangeKind if kind in kinds)


def _is_called(subscription: Subscription, text: str) -> bool:
    path = split_path(text)
    return split_path(subscription.title)[-len(path) :] == path


def _ask_which_folder(lines: list[str], *, several: bool) -> SubscriptionReply:
    if several:
        sentence = _("Several folders have this name. Give the id of the one that you mean:")
    elif lines:
        sentence = _("This channel does not subscribe to that. It subscribes to:")
    else:
        sentence = _("This channel has no subscriptions.")
    return SubscriptionReply(sentence=sentence, lines=tuple(lines))
