"""Initial documents of the demo's portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.starting_data import ALICE, BOB, COMPLIANCE, DEEP, DRIVE_FOLDER, OLGA, OTHER, QUARTER

if TYPE_CHECKING:
    from demo.portal import DemoPortal


def add_documents(portal: DemoPortal) -> None:
    """Add a few documents for a demo. Emits nothing."""
    policy = portal.add_file("AML Policy 2026.docx", COMPLIANCE, by=ALICE.id, file_id=3358285)
    portal.add_version(policy.id, by=BOB.id)
    portal.add_version(policy.id, by=ALICE.id)
    portal.add_file("Vendor due diligence.xlsx", COMPLIANCE, by=BOB.id, file_id=3358290)
    portal.add_file("Q1 incident log.docx", QUARTER, by=ALICE.id, file_id=3358301)
    portal.add_file("Breach report.docx", DEEP, by=ALICE.id, file_id=3358310)
    portal.add_file("Lunch menu.docx", OTHER, by=ALICE.id, file_id=3358400)
    portal.add_file("Regulator letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1AbCdEfGhIjKlMnOp")
