"""What chats say about campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.absences.local_times import format_local_time
from reviews.campaign import CampaignState
from reviews.language import _, format_number, ngettext
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from reviews.campaign import Campaign
    from reviews.campaigns.campaign_lookup import CampaignFigures, GroupMembers
    from reviews.routes.route import Route

MAX_NAMED_PEOPLE = 5


def find_zone(route: Route | None) -> ZoneInfo:
    return route.working_hours.zone if route and route.working_hours else ZoneInfo("UTC")


def format_deadline(campaign: Campaign, zone: ZoneInfo, *, now: datetime) -> str:
    return format_local_time(campaign.due_at.astimezone(zone), zone, now=now)


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
        deadline=format_deadline(campaign, zone, now=now),
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


def describe_line(figures: CampaignFigures, route: Route | None, *, now: datetime) -> str:
    """Return a campaign with its figures and its state."""
    campaign, progress = figures.campaign, figures.progress
    name = clean_text(campaign.name)
    if campaign.state is CampaignState.PREPARING:
        return _("{name}: the documents are being listed.").format(name=name)
    counts = {
        "name": name,
        "acknowledged": format_number(progress.acknowledged),
        "needed": format_number(progress.needed),
        "percent": progress.percent,
    }
    if campaign.state is CampaignState.ENDED:
        return _("{name}: ended, {acknowledged} of {needed} acknowledged ({percent} %).").format(**counts)
    deadline = format_deadline(campaign, find_zone(route), now=now)
    if campaign.due_at <= now:
        sentence = _("{name}: {acknowledged} of {needed} acknowledged ({percent} %), due since {deadline}.")
    else:
        sentence = _("{name}: {acknowledged} of {needed} acknowledged ({percent} %), until {deadline}.")
    return sentence.format(**counts, deadline=deadline)


def list_details(figures: CampaignFigures, *, with_people: bool) -> Iterator[str]:
    """Yield where the documents are, why the campaign could not begin, and who has most left."""
    campaign, progress = figures.campaign, figures.progress
    count = len(progress.documents)
    sentence = ngettext("{count} document in {folder}", "{count} documents in {folder}", count)
    yield sentence.format(count=format_number(count), folder=clean_text(campaign.path))
    if campaign.problem:
        yield _("It could not begin: {problem}").format(problem=clean_text(campaign.problem))
    people = _list_most_left(figures) if with_people and campaign.state is CampaignState.RUNNING else []
    if people:
        yield _("Most left to acknowledge: {people}").format(people=", ".join(people))


def _list_most_left(figures: CampaignFigures) -> list[str]:
    people = sorted(figures.progress.people, key=lambda each: each.acknowledged - each.needed)
    waiting = [each for each in people if each.acknowledged < each.needed][:MAX_NAMED_PEOPLE]
    return [
        _("{name} ({count})").format(
            name=clean_text(figures.names.get(each.address.casefold()) or each.address),
            count=format_number(each.needed - each.acknowledged),
        )
        for each in waiting
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
