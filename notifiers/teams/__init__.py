"""Teams through Workflows, `teams:<name>`: cards to the secret address in `TEAMS_WORKFLOW_<NAME>`.

Such a post can't be changed, looked for or answered in Teams (facts on Teams, 2.2). So each stage of a card
is a post of its own, and the buttons open the acknowledge page.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from notifiers import UnusableSetting
from notifiers.shared import adaptive_card
from notifiers.shared.adaptive_card import Owner
from notifiers.shared.card_links import NO_LINKS, CardLinks, link_to_pages, list_button_links
from notifiers.shared.http import parse_hosts
from notifiers.shared.notice_card import draw_notice_card
from notifiers.teams.addresses import explain_bad_workflow
from notifiers.teams.connector import CONNECT_TIMEOUT_SECONDS, send
from reviews.cards.card import Card, CardAction
from reviews.cards.card_stand_ins import find_absent_owner
from reviews.errors import Permanent
from reviews.notice import is_answerable
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.model import Answerable
    from reviews.notice import Notice

EXAMPLE = "teams:compliance"
LEADS_TO_PAGE = True
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
NOTE_FRAGMENT = "#note"  # the field of the page for the requested changes


class Teams:
    """Posts each stage of a card once. The address of a target is the name of a workflow."""

    # The limits are 4 messages a second, but 60 in thirty seconds and 100 an hour (facts on Teams, 2.2).
    post_interval = timedelta(seconds=1)

    def __init__(
        self,
        workflows: Mapping[str, str],
        acknowledge_link: Callable[[Answerable], str],
        *,
        timeout: float = CONNECT_TIMEOUT_SECONDS,
        find_mention: Callable[[str], str] = str,
    ) -> None:
        """`workflows` are the secret addresses by name; `timeout` is the timeout for an answer, in seconds.

        `find_mention` returns Teams' name or id for an address.
        """
        self._workflows = workflows
        self._acknowledge_link = acknowledge_link
        self._timeout = timeout
        self._find_mention = find_mention

    def post(self, target: str, card: Card) -> str:
        workflow = self._require_workflow(target)
        link, card_links = self._acknowledge_link(card), link_to_pages(card, self._acknowledge_link)
        content = draw_card_message(card, link, find_mention=self._find_mention, card_links=card_links)
        send(_format_setting_name(target), workflow, content, timeout=self._timeout)
        return card.stage

    def post_notice(self, target: str, notice: Notice) -> str:
        workflow = self._require_workflow(target)
        mentions = [Owner(name=address, mention=address) for address in notice.mention]
        answer_link = self._acknowledge_link(notice) if is_answerable(notice) else ""
        content = draw_notice_card(notice, mentions=mentions, answer_link=answer_link)
        send(_format_setting_name(target), workflow, _wrap_card(content), timeout=self._timeout)
        return notice.key

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        """A workflow posts to its configured place, and does not say who reads that."""
        return True

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        raise Permanent("a workflow can't search for what it posted")

    def _require_workflow(self, target: str) -> str:
        workflow = self._workflows.get(target)
        if workflow is None:
            raise Permanent(f"no route names teams:{target} any more")
        return workflow


def draw_card_message(
    card: Card,
    acknowledge_link: str,
    *,
    find_mention: Callable[[str], str] = str,
    card_links: CardLinks = NO_LINKS,
) -> dict[str, Any]:
    """Return the message for the workflow: the whole card, or the outcome once it was answered."""
    actions = _make_buttons(card, acknowledge_link)
    if card.answer:
        content = adaptive_card.draw_outcome_card(card, actions=actions, card_links=card_links)
    else:
        owners, deputies = (
            _build_owners(card, entries, find_mention) for entries in (card.owners, card.deputies)
        )
        content = adaptive_card.draw_adaptive_card(
            card,
            people=adaptive_card.CardPeople(
                owners=owners, deputies=deputies, stand_ins=_build_stand_ins(card, find_mention)
            ),
            actions=actions,
            card_links=card_links,
        )
    return _wrap_card(content)


def _wrap_card(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": content}],
    }


def why_not(address: str) -> str | None:
    """Return why this is no name of a workflow; in the settings it is in capitals, with _ for -."""
    # TEAMS_WORKFLOW_AUDIT_FILE is the path of a file that holds TEAMS_WORKFLOW_AUDIT.
    if re.fullmatch("(?!(?:.*[_-])?file$)[a-z0-9][a-z0-9_-]*", address):
        return None
    return (
        f"{address!r} is not a workflow name: use lower-case letters, digits, - and _, not "
        f"ending with file, as in {EXAMPLE!r}, whose address is in {_format_setting_name('compliance')}"
    )


def build(context: ChannelContext) -> Teams:
    context.setting("SECRET_KEY")  # signs the link to answer
    allowed = parse_hosts(context.option("TEAMS_ALLOW_HOSTS"))
    workflows = {name: context.setting(_format_setting_name(name)) for name in sorted(context.addresses)}
    for name, workflow in workflows.items():
        if reason := explain_bad_workflow(workflow, allowed):
            raise UnusableSetting(f"{_format_setting_name(name)} {reason}")
    directory = context.directory

    def find_mention(address: str) -> str:
        return directory.find_member("teams", address) or address

    return Teams(workflows, context.acknowledge_link, find_mention=find_mention)


def _build_owners(card: Card, entries: Sequence[str], find_mention: Callable[[str], str]) -> list[Owner]:
    """Return people by their user principal names, or as the routes name them.

    No one is mentioned for their own change, nor while they are away, and Teams has no group of another chat.
    """
    authors = _list_authors(card)
    absent = {owner: person.name for owner in entries if (person := find_absent_owner(card.absent, owner))}
    return [
        Owner(
            name=absent.get(owner, owner),
            mention=None
            if is_group(owner) or owner in absent or owner.casefold() in authors
            else find_mention(owner),
        )
        for owner in entries
    ]


def _build_stand_ins(card: Card, find_mention: Callable[[str], str]) -> dict[str, Owner]:
    """Return those who stand in for an owner, by address; no one is mentioned for their own change."""
    authors = _list_authors(card)
    return {
        person.address: Owner(
            name=person.name,
            mention=None if person.address.casefold() in authors else find_mention(person.address),
        )
        for stand_in in card.stand_ins
        for person in stand_in.people
    }


def _list_authors(card: Card) -> set[str]:
    return {(who.email or "").casefold() for who in card.contributors}


def _make_buttons(card: Card, acknowledge_link: str) -> list[dict[str, Any]]:
    leads = {
        CardAction.ACKNOWLEDGE: acknowledge_link,
        CardAction.REQUEST_CHANGES: f"{acknowledge_link}{NOTE_FRAGMENT}",
        **list_button_links(card),
    }
    styles = {CardAction.ACKNOWLEDGE: {"style": "positive"}}
    return [
        {"type": "Action.OpenUrl", "title": action.label, "url": leads[action], **styles.get(action, {})}
        for action in card.actions
        if leads.get(action)
    ]


def _format_setting_name(name: str) -> str:
    return f"TEAMS_WORKFLOW_{name.replace('-', '_').upper()}"
