"""All pages of an installation with an inbox, and the people of a campaign who come to them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from flask import Flask

from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.campaigns.campaign_page import CampaignServices
from pages.campaigns.views import build_campaign_pages
from pages.demo_sign_in import DemoPerson, DemoRole, DemoSignInLinks
from pages.demo_sign_in_page import build_demo_sign_in_page
from pages.document_links import build_document_links
from pages.history.views import build_history_page
from pages.history.visitor import HistorySignInMethods
from pages.inbox import build_inbox_page
from pages.inbox_visit import InboxServices
from pages.links import Links
from pages.sign_in_links import SignInAddresses
from pages.streams import Streams
from reviews.answers.menu import Menu
from reviews.lists.archive import Archive
from reviews.lists.campaign_pages import CampaignPages
from reviews.lists.inbox import Inbox
from reviews.people.sign_in_links import SignInLinks
from tests.keys import SECRET_KEY
from tests.pages.duties import make_duty_forms
from tests.pages.inboxes import PEOPLE, InboxApplication
from tests.pages.visitor import ADDRESS
from tests.reviews.campaigns import READERS

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

WAYS = HistorySignInMethods(slack="/reviews")


def open_site(desk: Desk, *, streams: Streams | None = None) -> InboxApplication:
    """Return the pages of what happens at a desk; links let the people of its campaigns in."""
    app = Flask(__name__, static_folder=None)
    set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=desk.sessions)
    links = Links(SECRET_KEY, ADDRESS)
    numbers = itertools.count(1)
    sign_in_links = SignInLinks(
        transactions=desk.transactions, clock=desk.clock, new_id=lambda: f"link-{next(numbers)}"
    )
    readers = (DemoPerson(name=r.name, email=r.email or "", role=DemoRole.EDITOR) for r in READERS)
    stand_ins = DemoSignInLinks(SECRET_KEY, (*PEOPLE, *readers))
    inbox = InboxServices(
        inbox=Inbox(transactions=desk.transactions, routes=desk.routes, clock=desk.clock),
        answers=desk.answers,
        menu=Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock),
        duty_forms=make_duty_forms(desk),
        streams=streams or Streams(),
        links=links,
        openings=desk.openings,
        absences=desk.absences,
        demo_links=stand_ins,
    )
    archive = Archive(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    pages = CampaignPages(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    campaigns = CampaignServices(pages=pages, answers=desk.answers, links=links, sign_in_methods=WAYS)
    addresses = SignInAddresses(SECRET_KEY, ADDRESS)
    for blueprint in (
        acknowledge_page(desk.answers, links, openings=desk.openings),
        build_document_links(desk.answers, links, desk.openings),
        build_inbox_page(inbox),
        build_demo_sign_in_page(stand_ins, inbox, desk.identification),
        build_history_page(
            archive,
            sign_in_links,
            addresses,
            sign_in_methods=WAYS,
            review_links=links,
            openings=desk.openings,
            duty_forms=make_duty_forms(desk),
        ),
        build_campaign_pages(campaigns),
    ):
        app.register_blueprint(blueprint)
    return InboxApplication(app=app, stand_ins=stand_ins)
