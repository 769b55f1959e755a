"""The stand-in portal: a DocSpace in one process, for `docspace-review demo` and for the tests.

A `DemoPortal` holds people, folders, files and versions. Its actions change the tree and emit what the real
server would. A `Sender` signs and sends the emissions; `run_portal` serves the REST answers:

    portal = DemoPortal(clock)
    sender = Sender(portal)
    sender.register("http://127.0.0.1:3000/docspace/webhook", secret="Compl1ance!Review")
    policy = portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    with run_portal(portal, sender) as address:  # GET {address}/api/2.0/files/file/{policy.id}
        portal.save(policy.id, by=ALICE.id)
        outcomes = sender.flush()
"""

from demo.backup import Backup, back_up, restore
from demo.body_faults import Cut, Endless, SignInPage, Slow
from demo.content import Content, FilledContent, StoredContent
from demo.documents import add_documents
from demo.emission import Emission
from demo.entries import CoauthorChange, EntryId, PortalFile, PortalFolder, PortalPerson, Role, Version
from demo.errors import BadArgumentError, ForbiddenError, NotFoundError, PortalError
from demo.faults import Call, Fault, Faults
from demo.limits import Meter, RequestLimits
from demo.page import Guide, create_page
from demo.portal import DemoPortal
from demo.rest import create_rest
from demo.sender import Sender
from demo.serve import run_portal, run_sender
from demo.starting_data import (
    ALICE,
    ANONYMOUS,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE,
    DRIVE_FOLDER,
    OLGA,
    OTHER,
    QUARTER,
    ROOM,
)
from demo.webhook_rules import Rules, SecretPolicy
from demo.webhooks import DeliveryLogRow, DeliveryOutcome, PortalDelivery, PortalWebhook
from demo.wire_format import SUBSCRIBED, TRIGGERS, encode, signature

__all__ = [
    "ALICE",
    "ANONYMOUS",
    "BOB",
    "COMPLIANCE",
    "DEEP",
    "DRIVE",
    "DRIVE_FOLDER",
    "OLGA",
    "OTHER",
    "QUARTER",
    "ROOM",
    "SUBSCRIBED",
    "TRIGGERS",
    "Backup",
    "BadArgumentError",
    "Call",
    "CoauthorChange",
    "Content",
    "Cut",
    "DeliveryLogRow",
    "DeliveryOutcome",
    "DemoPortal",
    "Emission",
    "Endless",
    "EntryId",
    "Fault",
    "Faults",
    "FilledContent",
    "ForbiddenError",
    "Guide",
    "Meter",
    "NotFoundError",
    "PortalDelivery",
    "PortalError",
    "PortalFile",
    "PortalFolder",
    "PortalPerson",
    "PortalWebhook",
    "RequestLimits",
    "Role",
    "Rules",
    "SecretPolicy",
    "Sender",
    "SignInPage",
    "Slow",
    "StoredContent",
    "Version",
    "add_documents",
    "back_up",
    "create_page",
    "create_rest",
    "encode",
    "restore",
    "run_portal",
    "run_sender",
    "signature",
]
