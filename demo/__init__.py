"""The stand-in portal: a DocSpace that fits in one process, for `docspace-review demo` and for the tests.

A `Portal` holds people, folders, files and versions. Its actions change the tree and emit what the real
server would; a `Sender` signs and sends that; `running(portal)` serves the REST answers:

    portal = Portal(clock)
    sender = Sender(portal)
    sender.register("http://127.0.0.1:3000/docspace/webhook", secret="Compl1ance!Review")
    policy = portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    with running(portal, sender) as address:  # GET {address}/api/2.0/files/file/{policy.id}
        portal.save(policy.id, by=ALICE.id)
        outcomes = sender.flush()
"""

from demo.backup import Backup, back_up, restore
from demo.cast import ALICE, ANONYMOUS, BOB, COMPLIANCE, DEEP, DRIVE, DRIVE_FOLDER, OLGA, OTHER, QUARTER, ROOM
from demo.documents import add_documents
from demo.emitting import Emission
from demo.entries import Change, EntryId, File, Folder, Person, Role, Version
from demo.errors import BadArgumentError, ForbiddenError, NotFoundError, PortalError
from demo.faults import Call, Fault, Faults
from demo.limits import Limits, Meter
from demo.page import Guide, create_page
from demo.portal import Portal
from demo.rest import create_rest
from demo.sender import Sender
from demo.serve import delivering, running
from demo.webhook_rules import Rules, SecretPolicy
from demo.webhooks import Delivery, LogRow, Outcome, Webhook
from demo.wire import SUBSCRIBED, TRIGGERS, encode, signature

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
    "Change",
    "Delivery",
    "Emission",
    "EntryId",
    "Fault",
    "Faults",
    "File",
    "Folder",
    "ForbiddenError",
    "Guide",
    "Limits",
    "LogRow",
    "Meter",
    "NotFoundError",
    "Outcome",
    "Person",
    "Portal",
    "PortalError",
    "Role",
    "Rules",
    "SecretPolicy",
    "Sender",
    "Version",
    "Webhook",
    "add_documents",
    "back_up",
    "create_page",
    "create_rest",
    "delivering",
    "encode",
    "restore",
    "running",
    "signature",
]
