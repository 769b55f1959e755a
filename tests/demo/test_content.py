"""The bytes of the stand-in's documents: real files, their size, and the handler that sends them."""

from __future__ import annotations

import io
import itertools
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
import requests

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE_FOLDER,
    OLGA,
    OTHER,
    QUARTER,
    ROOM,
    Cut,
    DemoPortal,
    FilledContent,
    Guide,
    PortalPerson,
    Role,
    Sender,
    StoredContent,
    add_documents,
    create_page,
    create_rest,
    run_portal,
)
from demo.content import write_content
from demo.office_files import Paragraph, make_docx, make_xlsx
from tests.demo.calls import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo import PortalFile

    Fetch = Callable[..., requests.Response]

TITLES = ["AML Policy.docx", "Q1 incident log.docx", "Regulator letter.docx", "Memo.docx", "Vendors.xlsx"]
ADMIN = PortalPerson(
    "a0000000-0000-4000-8000-000000000001", "Ada Admin", "ada@example.com", "ada", is_admin=True
)


@pytest.fixture
def fetch(portal: DemoPortal, address: str) -> Fetch:
    """Call the handler that sends files, as the owner if no other key is named."""

    def fetch(*, key: str = portal.api_key, **query: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = f"{address}/filehandler.ashx?{urlencode({'action': 'stream', **query})}"
        return requests.get(url, headers=headers, timeout=60, allow_redirects=False)

    return fetch


def read_parts(content: bytes) -> dict[str, str]:
    """Return the parts of a package, each of which has to be XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for text in parts.values():
        ET.fromstring(text)  # noqa: S314 - the stand-in's own
    return parts


def read_text(content: bytes) -> list[str]:
    """Return the paragraphs, cells and numbers of a Word or Excel file."""
    names = ("word/document.xml", "xl/worksheets/")
    texts = [text for name, text in read_parts(content).items() if name.startswith(names)]
    return [
        element.text
        for text in texts
        for element in ET.fromstring(text).iter()  # noqa: S314 - the stand-in's own
        if element.text and element.tag.rpartition("}")[2] in {"t", "v"}
    ]


@pytest.mark.parametrize("title", TITLES)
def test_a_document_is_a_package_whose_parts_are_all_named(title: str) -> None:
    parts = read_parts(write_content(title).read())

    kinds = ET.fromstring(parts["[Content_Types].xml"])  # noqa: S314 - the stand-in's own
    overridden = {each.get("PartName", "").lstrip("/") for each in kinds if each.get("PartName")}
    assert overridden == {name for name in parts if not name.endswith(".rels") and not name.startswith("[")}


@pytest.mark.parametrize("title", [*TITLES, "Scan.pdf"])
def test_each_edit_is_another_text_of_another_size_and_the_same_text_is_the_same_bytes(title: str) -> None:
    content = write_content(title)
    contents = [content := content.edit() for _ in range(100)]

    sizes = [each.size for each in contents]
    assert all(before != after for before, after in itertools.pairwise(sizes))
    assert len({each.read() for each in contents}) == 100
    assert sizes == [len(each.read()) for each in contents]
    assert max(sizes) < 50_000


@pytest.mark.parametrize("title", TITLES)
def test_an_edit_changes_a_few_sentences_or_cells_and_leaves_the_rest(title: str) -> None:
    content = write_content(title)
    before, after = read_text(content.read()), read_text(content.edit().read())

    assert 1 <= len(set(after) - set(before)) <= 10
    assert len(set(before) & set(after)) >= len(set(before)) / 4


def test_text_with_marks_of_xml_is_text() -> None:
    hostile = '<script> & "quotes" ]]>'

    assert read_text(make_docx([Paragraph(hostile)])) == [hostile]
    assert read_text(make_xlsx({hostile: ((hostile, "", 7),)})) == [hostile, "7"]


def test_the_documents_of_the_demo_say_what_their_titles_promise(portal: DemoPortal) -> None:
    add_documents(portal)

    policy, vendors = (portal.file(each).current.content.read() for each in (3358285, 3358290))

    assert "Anti-Money Laundering Policy" in read_text(policy)
    assert "Vendor" in read_text(vendors)


def test_the_handler_sends_each_version_as_a_file(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    first, second, current, zero = (
        fetch(fileid=policy.id, version=version) for version in ("1", "2", "", "0")
    )

    versions = portal.file(policy.id).versions
    assert [first.content, second.content] == [each.content.read() for each in versions]
    assert current.content == zero.content == second.content
    assert first.headers["Content-Length"] == str(versions[0].size)
    assert first.headers["Content-Disposition"] == "attachment; filename*=UTF-8''AML%20Policy%202026.docx"
    assert first.headers["Content-Type"].endswith("wordprocessingml.document")


def test_the_size_in_answers_and_payloads_is_that_of_the_bytes(
    get: Any, fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.generation = "v1"
    portal.save(policy.id, by=BOB.id)

    for number in (1, 2):
        sent = fetch(fileid=policy.id, version=number).content
        assert answer(get(f"/files/file/{policy.id}?version={number}"))["pureContentLength"] == len(sent)
    assert portal.emitted[-1].payload["contentLength"] == len(sent)


def test_a_forced_save_replaces_the_bytes_of_its_version(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    bodies = []
    for force_save in (True, True, False):
        portal.save(policy.id, by=BOB.id, force_save=force_save)
        bodies.append(fetch(fileid=policy.id, version=2).content)

    assert len(set(bodies)) == 3
    assert fetch(fileid=policy.id, version=1).content == policy.current.content.read()
    assert fetch(fileid=policy.id, version=3).status_code == 404


def test_what_keeps_the_content_keeps_the_bytes(portal: DemoPortal, policy: PortalFile) -> None:
    original = policy.current.content.read()
    portal.save(policy.id, by=BOB.id)

    copied = portal.copy(policy.id, QUARTER, by=BOB.id).current.content.read()
    moved = portal.move(portal.copy(policy.id, OTHER, by=BOB.id).id, DRIVE_FOLDER, by=BOB.id)
    restored = portal.restore_version(policy.id, 1, by=BOB.id)

    assert copied == moved.current.content.read() == portal.version(policy.id, 2).content.read() != original
    assert restored.current.content.read() == original
    assert portal.rename(policy.id, "Other.xlsx", by=BOB.id).current.content.read() == original


def test_new_content_is_other_bytes(portal: DemoPortal, policy: PortalFile) -> None:
    files = [
        policy,
        portal.save(policy.id, by=BOB.id),
        portal.save_by_api(policy.id, by=BOB.id),
        portal.upload(policy.title, COMPLIANCE, by=BOB.id),
        portal.convert(policy.id, by=BOB.id),
        portal.submit_form(policy.id, by=BOB.id),
        portal.submit_form(policy.id, OTHER, by=BOB.id),
        portal.fill_out_form(policy.id, by=ALICE.id),
        portal.save_as_pdf(policy.id, OTHER, by=BOB.id),
        portal.save(policy.id, by=BOB.id, content=StoredContent(b"from outside")),
        portal.save(policy.id, by=BOB.id),
    ]

    # Two people who fill in one form write the same here.
    assert len({file.current.content.read() for file in files}) == len(files) - 1


def test_a_connected_storage_answers_each_number_with_its_newest(
    fetch: Fetch, portal: DemoPortal, letter: PortalFile
) -> None:
    saved = portal.save(letter.id, by=BOB.id)

    for number in (1, 2, 99):
        assert fetch(fileid=letter.id, version=number).content == saved.current.content.read()


def test_what_is_missing_is_404_without_a_body_and_comes_before_what_is_forbidden(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.give_role(ROOM, BOB.id, Role.RESTRICT)
    bob = portal.add_key(BOB.id)

    for query in (
        {"fileid": 1},
        {"fileid": policy.id, "version": 2},
        {"fileid": ""},
        {"fileid": "drive-57-|x"},
    ):
        refused = fetch(**query), fetch(key=bob, **query)
        assert [(each.status_code, each.content) for each in refused] == [(404, b""), (404, b"")]
    assert (fetch(key=bob, fileid=policy.id).status_code, fetch(fileid=policy.id).status_code) == (403, 200)


@pytest.mark.parametrize("key", ["", "sk-wrong"])
def test_without_a_key_of_the_portal_it_is_403_with_a_sentence(
    fetch: Fetch, policy: PortalFile, key: str
) -> None:
    refused = fetch(key=key, fileid=policy.id)

    assert (refused.status_code, refused.headers.get("Content-Disposition")) == (403, None)
    assert b"permission" in refused.content
    assert fetch(key=key, action="download", fileid=policy.id).status_code == 403


def test_scopes_do_not_matter_to_the_handler(fetch: Fetch, portal: DemoPortal, policy: PortalFile) -> None:
    key = portal.add_key(OLGA.id, "accounts.self:read")

    assert fetch(key=key, fileid=policy.id).status_code == 200


@pytest.mark.parametrize(
    ("role", "keeps"), [(role, role is not Role.READ) for role in Role if role is not Role.RESTRICT]
)
def test_a_room_that_denies_downloads_denies_them_to_viewers_only(
    get: Any, fetch: Fetch, portal: DemoPortal, policy: PortalFile, role: Role, *, keeps: bool
) -> None:
    portal.give_role(ROOM, BOB.id, role)
    bob = portal.add_key(BOB.id)
    assert fetch(key=bob, fileid=policy.id).status_code == 200

    portal.protect_room(ROOM, denies_download=True)

    assert fetch(key=bob, fileid=policy.id).status_code == (200 if keeps else 403)
    assert answer(get(f"/files/file/{policy.id}", key=bob))["security"]["Download"] is keeps


def test_it_denies_them_to_an_admin_without_a_role_and_not_to_the_owner(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    admin = portal.add_key(portal.add_person(ADMIN).id)
    before = fetch(key=admin, fileid=policy.id).status_code

    portal.protect_room(ROOM, denies_download=True)

    assert (before, fetch(key=admin, fileid=policy.id).status_code) == (200, 403)
    assert fetch(fileid=policy.id).status_code == 200


def test_a_file_in_the_trash_is_not_sent(fetch: Fetch, portal: DemoPortal, policy: PortalFile) -> None:
    portal.trash(policy.id, by=OLGA.id)

    assert fetch(fileid=policy.id).status_code == 403


def test_protection_is_shown_for_rooms_in_the_path_and_by_themselves(get: Any, portal: DemoPortal) -> None:
    portal.protect_room(ROOM, denies_download=True, watermark="Confidential")

    path = answer(get(f"/files/folder/{DEEP}/path"))
    shown = [each for each in path if each["denyDownload"] or "watermark" in each]

    assert [each["id"] for each in shown] == [ROOM]
    assert shown[0]["watermark"]["text"] == "Confidential"
    assert answer(get(f"/files/rooms/{ROOM}"))["watermark"] == shown[0]["watermark"]

    portal.protect_room(ROOM)
    assert "watermark" not in answer(get(f"/files/rooms/{ROOM}"))


def test_a_stream_leaves_no_trace_and_a_download_is_an_event(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    fetch(fileid=policy.id)
    assert portal.emitted == []

    downloaded = fetch(action="download", fileid=policy.id)

    assert downloaded.content == policy.current.content.read()
    assert [(each.trigger, each.created_by) for each in portal.emitted] == [("file.downloaded", OLGA.id)]
    assert portal.audit.list_actions("file", policy.id, now=portal.clock()) == []


def test_a_download_that_is_refused_is_no_event(fetch: Fetch, portal: DemoPortal, policy: PortalFile) -> None:
    portal.protect_room(ROOM, watermark="Confidential")

    statuses = [
        fetch(action="download", **query).status_code
        for query in ({"fileid": policy.id}, {"fileid": policy.id, "outputtype": ".txt"}, {"fileid": 1})
    ]

    assert statuses == [400, 400, 404]
    assert portal.emitted == []


@pytest.mark.parametrize(("action", "status"), [("STREAM", 200), ("view", 400), ("", 400)])
def test_an_action_is_known_in_any_case_or_a_bad_request(
    fetch: Fetch, policy: PortalFile, action: str, status: int
) -> None:
    assert fetch(action=action, fileid=policy.id).status_code == status


def test_a_redirect_comes_without_a_body_and_once(
    fetch: Fetch, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.faults.redirect("https://storage.example.com/7", path="/filehandler.ashx")

    redirected = fetch(fileid=policy.id)

    assert (redirected.status_code, redirected.content) == (302, b"")
    assert redirected.headers["Location"] == "https://storage.example.com/7"
    assert fetch(fileid=policy.id).status_code == 200


def test_so_many_bytes_may_be_named_in_place_of_a_document(fetch: Fetch, portal: DemoPortal) -> None:
    film = portal.upload_in_chunks("Film.mp4", DEEP, by=BOB.id, content=FilledContent(100_000))

    assert fetch(fileid=film.id).content == b"x" * 100_000
    assert portal.upload_in_chunks("Film.mp4", DEEP, by=BOB.id).current.size == 77_260_000


def test_the_calls_of_the_handler_are_listed(fetch: Fetch, portal: DemoPortal, policy: PortalFile) -> None:
    fetch(fileid=policy.id, version=1)

    assert [each.path for each in portal.faults.calls("/filehandler.ashx")] == [
        f"/filehandler.ashx?action=stream&fileid={policy.id}&version=1"
    ]


def test_editing_on_the_page_makes_a_new_text_that_the_editor_shows(
    portal: DemoPortal, sender: Sender, policy: PortalFile
) -> None:
    guide = Guide(
        roles={},
        inbox=lambda _: "/",
        watched_folder_id=COMPLIANCE,
        check_ledger=lambda: (True, ""),
    )
    form = {"as": BOB.user_name, "folder": COMPLIANCE, "file": policy.id, "action": "edit"}
    with run_portal(portal, sender, page=create_page(portal, sender, guide)) as address:
        requests.post(f"{address}/do", data=form, timeout=60)
        pages = [
            requests.get(f"{address}/doceditor?fileid={policy.id}&version={version}", timeout=60).text
            for version in (1, 2)
        ]

    assert portal.file(policy.id).version == 2
    assert ("EUR 10,000" in pages[0], "EUR 10,500" in pages[1]) == (True, True)
    assert ("EUR 10,500 or" in pages[0], "EUR 10,000 or" in pages[1]) == (False, False)


def test_the_editor_shows_no_text_of_a_file_from_outside(portal: DemoPortal) -> None:
    portal.add_file("Upload.docx", COMPLIANCE, by=ALICE.id, file_id=7, content=StoredContent(b"<b>bytes"))

    page = create_rest(portal).test_client().get("/doceditor?fileid=7").text

    assert "bytes" not in page
    assert "has written itself" in page


def test_an_answer_of_the_interface_can_break_off_too(get: Any, portal: DemoPortal) -> None:
    portal.faults.spoil(Cut(5), path="/people/")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get("/people/@self")
    assert get("/people/@self").status_code == 200
