"""Rows of DocSpace's logs that hold what no database takes."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from docspace.http import Http
from docspace.logs import Logs
from tests.reviews.samples import START
from webhook.docspace_logs import DocSpaceLogs

BASE = "https://acme.onlyoffice.com/api/2.0"
ROW = {
    "id": 1,
    "action": {"key": "FileUploaded"},
    "date": "2026-03-09T14:05:12.0000000Z",
    "data": {"id": 7, "title": "Policy.docx"},
}


@pytest.mark.parametrize(
    ("entry_id", "subjects"),
    [(7, ["7"]), ("7\0", ["7"]), ("\ud8007", ["7"]), (0, []), ("0\0", []), ("\0", [])],
)
def test_the_id_in_a_row_of_the_folder_s_log_can_be_stored(entry_id: Any, subjects: list[str]) -> None:
    gaps = DocSpaceLogs(Logs(Http(BASE.removesuffix("/api/2.0"), "key")), "")
    row = ROW | {"data": {"id": entry_id, "title": "Policy.docx"}}
    with responses.RequestsMock() as mocked:
        mocked.get(f"{BASE}/files/folder/5/log", json={"response": [row], "total": 1})
        page = gaps.list_logged("5", START, START, 0)

    assert [event.file_id for event in page.events] == subjects
