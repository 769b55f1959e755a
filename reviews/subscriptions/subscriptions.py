"""Commands that make, end and list the subscriptions of a channel to a folder, without a duty to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import RemoteError, ScopeMissing
from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.ports.subscriptions import DEFAULT_SHOWN_KINDS, Subscription
from reviews.privacy.channel_visibility import is_owner_or_deputy, name_watched_folder
from reviews.privacy.redaction import name_private_document
from reviews.subscriptions.folder_search import FolderSearch, read_folder_id, split_path
from reviews.text import plain, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson
    from reviews.routes.routing import Route, Routes
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

    def subscribe(self, asked: SubscribeRequest, *, channel: _Channel, by: ProvenPerson) -> SubscriptionReply:
        """Subscribe the channel to a folder, or change what it sees of it; the reply says so, or why not."""
        try:
            public = self._check_channel(channel)
            place = self._find_folder(asked.folder, by)
            return self._subscribe(place, asked, channel=channel, public=public, by=by)
        except _SubscriptionRefused as no:
            return no.reply

    def unsubscribe(self, text: str, *, channel: _Channel, by: ProvenPerson) -> SubscriptionReply:
        """End a subscription of the channel, which may be of a folder that is no longer stored."""
        text = strip_unstorable(text).strip()
        with self.transactions() as work:
            ours = work.subscriptions.list_of_channel(*channel)
            named = [each for each in ours if each.folder == read_folder_id(text)]
            named = named or [each for each in ours if _is_called(each, text)]
            if len(named) != 1:
                lines = [self._describe_subscription(work, each, by) for each in named or ours]
                return _ask_which_folder(lines, several=bool(named))
            work.subscriptions.drop(*channel, named[0].folder)
            work.commit()
            title = self._show_title(work, named[0], by)
        return SubscriptionReply(
            sentence=_("This channel no longer subscribes to {folder}.").format(folder=title)
        )

    def list_subscriptions(self, *, channel: _Channel, by: ProvenPerson) -> SubscriptionReply:
        """Return what the channel sees, for a person in it."""
        with self.transactions(reading=True) as work:
            lines = [
                self._describe_subscription(work, each, by)
                for each in work.subscriptions.list_of_channel(*channel)
            ]
        if not lines:
            return SubscriptionReply(sentence=_("This channel has no subscriptions."))
        return SubscriptionReply(sentence=_("This channel subscribes to:"), lines=tuple(lines))

    def list_of_person(self, notifier: str, by: ProvenPerson, person: str) -> list[tuple[str, str]]:
        """Return the channels that a person subscribed, and what each sees; `person` is the chat's id."""
        with self.transactions(reading=True) as work:
            made = work.subscriptions.list_made_by(notifier, person)
            return [(each.target, self._describe_subscription(work, each, by)) for each in made]

    def _check_channel(self, channel: _Channel) -> bool:
        """Return whether the channel is public, if it is one that can subscribe."""
        notifier, target = channel
        asks = self.conversations.get(notifier)
        if asks is None:
            raise _SubscriptionRefused(_("Channels of this chat can't subscribe."))
        try:
            details = asks(target)
        except ScopeMissing as error:
            sentence = _(
                "I can't see what kind of channel this is, because the app lacks the scope {scope}. An "
                "administrator of the app has to add the scope and reinstall the app."
            )
            raise _SubscriptionRefused(sentence.format(scope=plain(error.scope))) from error
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

    def _find_folder(self, text: str, by: ProvenPerson) -> Place:
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
            shown = [place for place in watched if self._is_open_to(work, self.routes.match(place), by)]
        lines = [f"{place.folders[-1][0]}: {plain(place.path)}" for place in shown[:MAX_CANDIDATES]]
        raise _SubscriptionRefused(
            _("Several folders have this name. Give the id of the one that you mean:"), lines
        )

    def _subscribe(
        self,
        place: Place,
        asked: SubscribeRequest,
        *,
        channel: _Channel,
        public: bool,
        by: ProvenPerson,
    ) -> SubscriptionReply:
        kinds = asked.kinds or DEFAULT_SHOWN_KINDS
        route = self.routes.match(place)
        with self.transactions() as work:
            if route and route.private and public:
                raise _SubscriptionRefused(
                    _("This folder is private: only a private channel can subscribe to it.")
                )
            if not self._is_open_to(work, route, by):
                raise _SubscriptionRefused(
                    _("This folder is private: only its owners and deputies can subscribe a channel to it.")
                )
            folder, ours = place.folders[-1][0], work.subscriptions.list_of_channel(*channel)
            if len(ours) >= MAX_SUBSCRIPTIONS and folder not in {each.folder for each in ours}:
                raise _SubscriptionRefused(
                    _("A channel can subscribe to {count} folders at most.").format(count=MAX_SUBSCRIPTIONS)
                )
            made = Subscription(
                notifier=channel[0],
                target=channel[1],
                folder=folder,
                title=place.path,
                kinds=kinds,
                digest=asked.digest,
                made_by=next(iter(by.chat_ids.values()), ""),
                made_at=self.clock(),
            )
            work.subscriptions.put(made)
            work.commit()
        once_a_day = _("This channel now subscribes to a daily digest of {folder}: {kinds}.")
        words = once_a_day if asked.digest else _("This channel now subscribes to {folder}: {kinds}.")
        return SubscriptionReply(sentence=words.format(folder=plain(place.path), kinds=_join_kinds(kinds)))

    def _describe_subscription(self, work: UnitOfWork, each: Subscription, by: ProvenPerson) -> str:
        line = f"{each.folder}: {self._show_title(work, each, by)} ({_join_kinds(each.kinds)})"
        return f"{line}, {_('once a day')}" if each.digest else line

    def _show_title(self, work: UnitOfWork, each: Subscription, by: ProvenPerson) -> str:
        place = work.folders.place_before(each.folder)
        route = self.routes.match(place) if place else None
        if route is None:  # it is no longer clear whether it was private
            may_see = not self.routes.private or each.made_by in by.chat_ids.values()
            return plain(each.title) if may_see else each.folder
        if self._is_open_to(work, route, by):
            return plain(each.title)
        return name_private_document(name_watched_folder(work, route, each.title), is_folder=True)

    def _is_open_to(self, work: UnitOfWork, route: Route | None, by: ProvenPerson) -> bool:
        return route is None or not route.private or is_owner_or_deputy(work, route, by)


def explain_only_channels() -> str:
    return _("Only a channel can subscribe. Send the command in the channel that should get the changes.")


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
