"""What chats say about campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.absences.local_times import format_local_time
from reviews.campaign import CampaignStage, CampaignState
from reviews.language import _, format_number, ngettext
from reviews.routes.route import find_zone
from reviews.text import clean_text
from reviews.wording.campaign_sentences import format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.campaign import Campaign
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.campaigns.campaign_lookup import CampaignOverview, GroupMembers
    from reviews.routes.route import Route

MAX_NAMED_PEOPLE = 5


def describe_start(campaign: Campaign, zone: ZoneInfo, *, now: datetime) -> str:
    count = len(campaign.people)
    sentence = ngettext(
        "The campaign {name} has started: {count} person has to acknowledge each document in {folder}, until "
        "{deadline}.",
        "The campaign {name} has started: {count} people have to acknowledge each document in {folder}, "
        "until {deadline}.",
        count,
    )
    return sentence.format(
        name=campaign.name,
        count=format_number(count),
        folder=clean_text(campaign.path),
        deadline=format_local_time(campaign.due_at, zone, now=now),
    )


def describe_hidden_start(campaign: Campaign) -> str:
    return _("The campaign {name} has started.").format(name=campaign.name)


def describe_next_steps() -> str:
    return _(
        "The documents are listed now. Each person gets one message, and a card in the channel shows how far "
        "it is."
    )


def describe_end(campaign: Campaign) -> str:
    sentence = _("The campaign {name} is ended. Its open documents are no longer asked for.")
    return sentence.format(name=clean_text(campaign.name))


def describe_no_campaigns(how_to: str) -> str:
    return _("There is no campaign. How to start one: {command}").format(command=how_to)


def describe_line(line: CampaignLine, route: Route | None, *, now: datetime) -> str:
    """Return a campaign with its figures and its state."""
    campaign, figures = line.campaign, line.figures
    names = {
        "name": clean_text(campaign.name),
        "acknowledged": format_number(figures.acknowledged),
        "needed": format_number(figures.needed),
        "percent": format_percent(figures.percent),
        "deadline": format_local_time(campaign.due_at, find_zone(route), now=now),
    }
    match line.stage:
        case CampaignStage.PREPARING:
            sentence = _("{name}: the documents are being listed.")
        case CampaignStage.COULD_NOT_BEGIN:
            sentence = _("{name}: could not begin.")
        case CampaignStage.COMPLETE:
            sentence = _("{name}: complete, {acknowledged} of {needed} acknowledged.")
        case CampaignStage.ENDED:
            sentence = _("{name}: ended, {acknowledged} of {needed} acknowledged ({percent}).")
        case CampaignStage.RUNNING if campaign.due_at <= now:
            sentence = _("{name}: {acknowledged} of {needed} acknowledged ({percent}), due since {deadline}.")
        case CampaignStage.RUNNING:
            sentence = _("{name}: {acknowledged} of {needed} acknowledged ({percent}), until {deadline}.")
    return sentence.format(**names)


def list_details(overview: CampaignOverview, *, with_people: bool) -> Iterator[str]:
    """Yield where the documents are, why the campaign could not begin, and who has most left."""
    campaign, count = overview.line.campaign, overview.line.figures.documents
    if campaign.problem:
        yield clean_text(campaign.path)
        yield _("Reason: {problem}").format(problem=clean_text(campaign.problem))
        return
    sentence = ngettext("{count} document in {folder}", "{count} documents in {folder}", count)
    yield sentence.format(count=format_number(count), folder=clean_text(campaign.path))
    people = _list_most_left(overview) if with_people and campaign.state is CampaignState.RUNNING else []
    if people:
        yield _("Most left to acknowledge: {people}").format(people=", ".join(people))


def _list_most_left(overview: CampaignOverview) -> list[str]:
    return [
        _("{name} ({count})").format(
            name=clean_text(overview.names.get(each.address.casefold()) or each.address),
            count=format_number(each.left),
        )
        for each in overview.people_left[:MAX_NAMED_PEOPLE]
    ]


def describe_group(group: GroupMembers) -> str:
    """Return how many of a group take part; members without an address here can't."""
    count = len(group.addresses)
    sentence = ngettext("{group}: {count} member", "{group}: {count} members", count)
    line = sentence.format(group=clean_text(group.name), count=format_number(count))
    if not group.without_address:
        return line
    rest = ngettext(
        "{count} more has no address here, and is not asked",
        "{count} more have no address here, and are not asked",
        group.without_address,
    )
    return f"{line}; {rest.format(count=format_number(group.without_address))}"


def explain_unknown_group(name: str) -> str:
    sentence = _(
        "{name} is neither a mentioned person nor a user group of the routing file. Name each person by a "
        "mention or an address."
    )
    return sentence.format(name=clean_text(name) or _("This group"))
