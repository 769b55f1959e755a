"""Documents that can't be read, on the running program: each card says why, and no other waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import BOB, DEEP, StoredContent
from tests.documents.hostile_files import LAUGHS, ROOT, build_bomb, build_document
from tests.documents.packages import build_docx, write_paragraph
from tests.journeys.running_installation import COMPARED_WITHIN, OLGA_IN_SLACK

if TYPE_CHECKING:
    from tests.journeys.running_installation import RunningInstallation

PLAIN = build_docx(write_paragraph("The fee is EUR 100."))
ENTITIES = build_document(f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>{ROOT}&l9;</w:document>')
MARKUP = "<!channel> *bold* <script>alert(1)</script> \u202e\x1b[2J @everyone"
REASONS = {
    "Bomb.docx": (build_bomb(1, 300), "it unpacks to more than 200 MB"),
    "Truncated.docx": (PLAIN[: len(PLAIN) // 2], "the file is damaged"),
    "Entities.docx": (ENTITIES, "the file defines entities"),
    "Program.docx": (b"MZ" + bytes(1000), "files of this type are not supported"),
    "Large.txt": (b"a" * 26_000_000, "it has more than 25 MB"),
    "Markup.txt": (f"Clause 1.\n\n{MARKUP}\n".encode(), "2 added"),
}


def test_each_card_says_why_and_a_click_is_answered_meanwhile(serving: RunningInstallation) -> None:
    opened = serving
    for title, (content, _reason) in REASONS.items():
        opened.portal.upload(title, DEEP, by=BOB.id, content=StoredContent(content))
    opened.portal.upload("Fine.docx", DEEP, by=BOB.id, content=StoredContent(PLAIN))
    opened.sent()

    fine = opened.card("Fine.docx", "Waiting for review")
    assert opened.click(OLGA_IN_SLACK, fine) == 200

    opened.card("Fine.docx", "Reviewed by")
    for title, (_content, reason) in REASONS.items():
        opened.card(title, reason, within=COMPARED_WITHIN)
    log = opened.product.output()
    assert "alert(1)" not in log
    assert "Traceback" not in log
