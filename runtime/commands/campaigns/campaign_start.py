"""The command `campaign start`: lists the folder, stores the campaign, and opens its reviews."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reviews.campaigns.document_listing import UnusableFolder, require_within_limit
from reviews.campaigns.starting import COMMAND_LINE_TIME, CampaignDraft
from reviews.errors import NotVisible, Refused, RemoteError
from reviews.ports.owner_accounts import AccountAnswer
from reviews.subscriptions.folder_search import read_folder_id
from reviews.text import clean_text
from runtime.commands.campaigns.campaign_texts import format_campaign_time
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.progress import show_progress
from runtime.commands.refusals import refuse
from runtime.wiring.campaigns import build_account_finder, build_manual_campaign_work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.campaign import Campaign
    from reviews.campaigns.campaign_work import CampaignWork
    from reviews.campaigns.document_listing import DocumentList
    from reviews.tree import Place
    from runtime.commands.printing.progress import ProgressDisplay
    from runtime.wiring.wiring import Wiring

SHOWN_WAIT_SECONDS = 1.0
_WITHOUT_ACCOUNT = frozenset({AccountAnswer.NO_ACCOUNT, AccountAnswer.DISABLED})
_SEPARATORS = re.compile(r"[\s,;]+")


class _Day(click.ParamType["date"]):
    """Command-line type of a day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day: write 2026-12-18", param, ctx)


@click.command()
@click.argument("name")
@click.option("--folder", required=True, metavar="ID", help="The folder: its id, or its link in DocSpace.")
@click.option(
    "--owners",
    required=True,
    multiple=True,
    metavar="ADDRESSES",
    help="Who has to acknowledge, with commas between them; may be given several times.",
)
@click.option("--due", required=True, type=_Day(), metavar="DATE", help="The last day, such as 2026-12-18.")
def start(*, name: str, folder: str, owners: tuple[str, ...], due: date) -> None:
    """Start a campaign: each person has to acknowledge each document of the folder by a day.

    The deadline is the end of that day's working hours on the folder's route. The folder is listed first,
    and nothing is stored if the campaign can't begin. May run beside serve and the workers.
    """
    wiring = open_wiring()
    people = tuple(filter(None, (each for text in owners for each in _SEPARATORS.split(text))))
    with show_progress(to_stderr=True) as progress:
        command = _CampaignStart(wiring=wiring, progress=progress)
        draft = CampaignDraft(name=name, place=command.find_place(folder), people=people, due_on=due)
        listed = command.list_documents(draft)
        strangers = command.list_strangers(people)
        campaign = command.start(draft)
        command.open_reviews(campaign, listed)
    print_text("\n".join(_describe(wiring, campaign, listed, strangers)))


@dataclass(frozen=True)
class _CampaignStart:
    """The steps of the command; each ends it with one line where it can't be done."""

    wiring: Wiring
    progress: ProgressDisplay

    def find_place(self, text: str) -> Place:
        folder_id = clean_text(read_folder_id(text.strip()))
        if not folder_id:
            raise click.BadParameter(f"{clean_text(text)!r} is no link to a folder", param_hint="--folder")
        try:
            return self.wiring.portal.get_place(folder_id)
        except NotVisible as error:
            problem = "does not exist" if error.gone else "is not visible to the API key's user"
            raise click.BadParameter(f"folder {folder_id} {problem}", param_hint="--folder") from None
        except RemoteError as error:
            _refuse_unreachable(error)

    def list_documents(self, draft: CampaignDraft) -> DocumentList:
        """List the documents of a campaign that can be started."""
        try:
            self.wiring.campaigns.check(draft)
            listed = self._list_beneath(draft.place)
            require_within_limit(listed, people=len(draft.people))
        except Refused as refusal:
            raise click.ClickException(refusal.sentence) from None
        except UnusableFolder as error:
            raise click.BadParameter(str(error), param_hint="--folder") from None
        except RemoteError as error:
            _refuse_unreachable(error)
        return listed

    def _list_beneath(self, place: Place) -> DocumentList:
        route = self.wiring.routes.match(place)
        self.progress.begin(f"Listing {clean_text(place.path)}", unit="documents")
        return self._work.listing.list_documents(
            place.folder_ids[-1], route.name if route else "", progress=self.progress.update
        )

    def list_strangers(self, people: Sequence[str]) -> list[str]:
        """Return those whom we have not met and DocSpace shows no account for; none if it does not answer."""
        with self.wiring.transactions(reading=True) as work:
            met = work.people.find_names(people)
        unmet = [each for each in people if each.casefold() not in met]
        finder = build_account_finder(self.wiring, self._wait)
        strangers: list[str] = []
        self.progress.begin("Looking for accounts", unit="people")
        try:
            for done, address in enumerate(unmet, start=1):
                if finder.find_by_address(address) in _WITHOUT_ACCOUNT:
                    strangers.append(address)
                self.progress.update(done, len(unmet))
        except RemoteError:
            return []
        return strangers

    def start(self, draft: CampaignDraft) -> Campaign:
        try:
            return self.wiring.campaigns.start(draft, by=None, opens_itself=True)
        except Refused as refusal:
            raise click.ClickException(refusal.sentence) from None

    def open_reviews(self, campaign: Campaign, listed: DocumentList) -> None:
        self.progress.begin("Opening reviews", unit="documents")
        try:
            self._work.open_reviews(campaign.id, listed, progress=self.progress.update)
        except KeyboardInterrupt:
            minutes = COMMAND_LINE_TIME.seconds // 60
            print_text(
                f"Interrupted. A worker goes on {minutes} minutes after the start; to stop the campaign: "
                f"docspace-review campaign end {campaign.id}",
                err=True,
            )
            raise

    @cached_property
    def _work(self) -> CampaignWork:
        return build_manual_campaign_work(self.wiring, self._wait)

    def _wait(self, seconds: float) -> bool:
        if seconds >= SHOWN_WAIT_SECONDS:
            self.progress.show_wait(seconds, "the portal's limit on requests is reached")
        time.sleep(seconds)
        return False


def _refuse_unreachable(error: RemoteError) -> NoReturn:
    refuse(f"Nothing was started: {clean_text(str(error))}.")


def _describe(
    wiring: Wiring, campaign: Campaign, listed: DocumentList, strangers: Sequence[str]
) -> Iterator[str]:
    people, documents = len(campaign.people), len(listed.documents)
    yield f"The campaign {campaign.name} has started: id {campaign.id}, route {campaign.route}."
    yield (
        f"{people:,} {'person' if people == 1 else 'people'} to acknowledge {documents:,} "
        f"{'document' if documents == 1 else 'documents'} in {campaign.path}."
    )
    yield f"Deadline: {format_campaign_time(campaign.due_at, campaign, wiring.routes)}."
    if listed.elsewhere:
        belong = "document that belongs" if listed.elsewhere == 1 else "documents that belong"
        yield f"Left out: {listed.elsewhere:,} {belong} to another route."
    if strangers:
        yield f"DocSpace has no account for {', '.join(strangers)}: check for slips."
    yield "A worker sends each of them one message. To see how far it is:"
    yield f"    docspace-review campaign show {campaign.id}"
