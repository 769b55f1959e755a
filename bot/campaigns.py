"""Campaigns as commands start, show and end them, in every chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import campaign_texts as texts
from bot.command_replies import LinkReply, SentenceReply
from bot.command_requests import (
    EndCampaignRequest,
    GroupReference,
    ListCampaignsRequest,
    PersonReference,
    ShowCampaignRequest,
    StartCampaignRequest,
)
from reviews.campaigns.starting import CampaignDraft
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.people.answerers import is_among
from reviews.repeated_requests import RepeatedRequest, explain_repeat
from reviews.routes.route import find_zone
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.command_requests import CampaignRequest
    from bot.requester import Requester
    from reviews.campaign import Campaign
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.campaigns.campaign_lookup import CampaignLookup
    from reviews.campaigns.starting import Campaigns
    from reviews.identity import ProvenPerson
    from reviews.routes.route import Route
    from reviews.subscriptions.folder_search import FolderSearch
    from reviews.tree import Place

MAX_LISTED_CAMPAIGNS = 10
MAX_CANDIDATES = 10


@dataclass(frozen=True, kw_only=True)
class ChatCampaigns:
    """Runner of the command `campaign`. To start one may ask the chat and DocSpace: acknowledge it before.

    `find_campaign_page` links to the page of a campaign by its id; the link is empty without pages.
    """

    campaigns: Campaigns
    lookup: CampaignLookup
    folders: FolderSearch
    find_campaign_page: Callable[[str], str] = lambda _id: ""

    def carry_out(
        self, campaign_request: CampaignRequest, requester: Requester, reader: ProvenPerson
    ) -> SentenceReply | LinkReply:
        """Return the outcome, or raise `Refused`; `reader` is whose access decides what is shown."""
        try:
            match campaign_request:
                case StartCampaignRequest():
                    return self._start(campaign_request, requester)
                case EndCampaignRequest():
                    return self._end(campaign_request, requester)
                case ShowCampaignRequest():
                    return self._show(campaign_request, requester, reader)
                case ListCampaignsRequest():
                    return self._list(requester, reader)
        except RepeatedRequest:
            return SentenceReply(sentence=explain_repeat())

    def _start(self, start_request: StartCampaignRequest, requester: Requester) -> SentenceReply:
        """Store the campaign; where others read a private one, say only what was typed before their eyes."""
        person = _identify(requester)
        place = self._find_place(start_request.folder, person)
        route = self.folders.routes.match(place)
        people = _ResolvedPeople.resolve(start_request.people, requester, self.lookup)
        zone = find_zone(route)
        draft = CampaignDraft(
            name=start_request.name,
            place=place,
            people=people.addresses,
            due_on=start_request.until.resolve(self.campaigns.clock().astimezone(zone).date()),
        )
        campaign = self.campaigns.start(draft, by=person, request_name=requester.request_name)
        if requester.is_overheard and route is not None and route.private:
            return SentenceReply(sentence=texts.describe_hidden_start(campaign))
        sentence = texts.describe_start(campaign, zone, now=campaign.started_at)
        return SentenceReply(sentence=sentence, lines=(*people.notes, texts.describe_next_steps()))

    def _end(self, end_request: EndCampaignRequest, requester: Requester) -> SentenceReply:
        person = _identify(requester)
        ended = self.campaigns.end(end_request.name, by=person, request_name=requester.request_name)
        return SentenceReply(sentence=texts.describe_end(ended))

    def _list(self, requester: Requester, reader: ProvenPerson) -> SentenceReply:
        listed = self.lookup.list_visible(reader, MAX_LISTED_CAMPAIGNS)
        if not listed:
            how_to = requester.write_command("help campaign")
            return SentenceReply(sentence=texts.describe_no_campaigns(how_to))
        return SentenceReply(sentence=_("Campaigns:"), lines=tuple(map(self._describe_line, listed)))

    def _describe_line(self, line: CampaignLine) -> str:
        return texts.describe_line(line, self._find_route(line.campaign), now=self.campaigns.clock())

    def _show(
        self, show_request: ShowCampaignRequest, requester: Requester, reader: ProvenPerson
    ) -> SentenceReply | LinkReply:
        """Show the figures; who has most left is named to owners and deputies alone."""
        overview = self.lookup.find(show_request.name, reader)
        sentence = self._describe_line(overview.line)
        lines = tuple(texts.list_details(overview, with_people=not requester.is_overheard))
        address = self.find_campaign_page(overview.line.campaign.id)
        if not address:
            return SentenceReply(sentence=sentence, lines=lines)
        return LinkReply(sentence=sentence, label=_("Open the campaign"), address=address, lines=lines)

    def _find_route(self, campaign: Campaign) -> Route | None:
        return self.folders.routes.find_route(campaign.route)

    def _find_place(self, text: str, person: ProvenPerson) -> Place:
        """Return the one folder that may be meant; of several, the one of the person's own."""
        watched = [place for place in self.folders.find(text) if self.folders.is_watched(place)]
        if not watched:
            sentence = _(
                "Folder not found. Only watched folders and the folders in them can be used. Give the "
                "folder's id, its link, or its path, as in Legal / Compliance."
            )
            raise Refused(RefusalReason.UNKNOWN, sentence)
        if len(watched) == 1:
            return watched[0]
        own = list(self._list_owned(watched, person))
        if len(own) == 1:
            return own[0]
        lines = "; ".join(
            f"{place.folders[-1][0]}: {clean_text(place.path)}" for place in own[:MAX_CANDIDATES]
        )
        sentence = _("Several folders have this name. Give the id of the one that you mean:")
        raise Refused(RefusalReason.UNKNOWN, f"{sentence} {lines}".strip())

    def _list_owned(self, places: list[Place], person: ProvenPerson) -> Iterator[Place]:
        with self.lookup.transactions(reading=True) as work:
            for place in places:
                route = self.folders.routes.match(place)
                if route is not None and is_among(work, person, route.owners):
                    yield place


@dataclass(frozen=True, kw_only=True)
class _ResolvedPeople:
    """The addresses of those who were named, and what to say about groups."""

    addresses: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def resolve(
        cls,
        references: tuple[PersonReference | GroupReference, ...],
        requester: Requester,
        lookup: CampaignLookup,
    ) -> _ResolvedPeople:
        addresses: dict[str, None] = {}
        notes: list[str] = []
        for reference in references:
            if isinstance(reference, PersonReference):
                addresses[_resolve_person(reference, requester)] = None
                continue
            group = lookup.find_group(reference.name, reference.id)
            if group is None:
                raise Refused(RefusalReason.NO_SUCH_PERSON, texts.explain_unknown_group(reference.name))
            addresses |= dict.fromkeys(group.addresses)
            notes.append(texts.describe_group(group))
        return cls(addresses=tuple(addresses), notes=tuple(notes))


def _resolve_person(reference: PersonReference, requester: Requester) -> str:
    if reference.mention is None:
        return reference.name
    person = requester.identify_mention(reference.mention)
    if person.email is None:
        sentence = _(
            "{name} has no address that can be verified here. Choose someone from your own organization."
        )
        raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=clean_text(person.name)))
    return person.email


def _identify(requester: Requester) -> ProvenPerson:
    try:
        return requester.identify()
    except Refused:
        sentence = _(
            "Your address is not proven here, so this app can't tell whether you are an owner of the folder. "
            "Ask the bot in a private chat."
        )
        raise Refused(RefusalReason.UNPROVEN, sentence) from None
