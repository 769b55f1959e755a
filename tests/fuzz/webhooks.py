"""What comes to `/docspace/webhook`: envelopes of every shape, and signatures that hold or don't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.fuzz.sending import RawRequest
from tests.fuzz.values import anything, bend_payload, write_json
from webhook.signature import sign

if TYPE_CHECKING:
    from tests.fuzz.installation import FuzzedApplication

PATH = "/docspace/webhook"
HEADER = "x-docspace-signature-256"

person = st.fixed_dictionaries(
    {}, optional={"id": anything, "displayName": anything, "email": anything}
) | st.just({"id": "me", "displayName": "\0\ud800", "email": "\ud800"})
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "event": anything
        | st.fixed_dictionaries(
            {"createBy": anything | st.just("me")},
            optional={"id": anything, "trigger": anything, "createOn": anything},
        ),
        "payload": anything
        | st.fixed_dictionaries(
            {"id": anything, "updatedBy": anything | person},
            optional={
                "parentId": anything,
                "title": anything,
                "modifiedOn": anything,
                "updated": anything,
                "version": anything,
                "webUrl": anything,
            },
        ),
        "webhook": anything | st.fixed_dictionaries({"id": anything}),
    },
)
whole = {
    "event": {
        "id": 138769, "createOn": "2026-03-09T14:05:12Z", "createBy": "a1", "trigger": "file.updated",
        "triggerId": 1024, "target": {"id": "539564", "type": "folder"},
    },
    "payload": {
        "id": 3358285, "parentId": 539564, "title": "AML Policy 2026.docx", "version": 8, "updatedBy": "a1",
        "modifiedOn": "2026-03-09T14:05:12Z", "webUrl": "https://acme.example.com/doceditor?fileId=3358285",
    },
    "webhook": {"id": 2621, "name": "compliance", "url": "https://review.example.com/docspace/webhook"},
}  # fmt: skip
bodies = st.one_of(
    bend_payload(whole).flatmap(write_json),
    envelopes.flatmap(write_json),
    anything.flatmap(write_json),
    st.binary(max_size=200),
)
FALSE_SIGNATURES = (
    "", "sha256=", "sha256=" + "0" * 64, "sha256=" + "g" * 64, "sha1=" + "0" * 40, "0" * 64,
    "sha256=" + "\u0663" * 64, "sha256=" + "0" * 65, "\xff\xfe", "sha256=\0", "x" * 70_000,
)  # fmt: skip


def proven(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return deliveries signed with the current or the previous secret, in digits of either case."""
    upper = st.booleans()
    secrets = st.sampled_from(at.webhook_secrets)

    def made(body: bytes, secret: str, *, in_capitals: bool) -> RawRequest:
        signature = sign(body, secret)
        digits = signature.removeprefix("sha256=")
        header = f"sha256={digits.upper()}" if in_capitals else signature
        return RawRequest(method="POST", path=PATH, headers={HEADER: header}, body=body, proven=True)

    return st.builds(made, bodies, secrets, in_capitals=upper)


def forged(_at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return deliveries that are not signed, or signed with another secret, or changed afterwards."""
    false = st.sampled_from(FALSE_SIGNATURES) | bodies.map(lambda body: sign(body, "another secret"))

    def made(method: str, body: bytes, signature: str | None) -> RawRequest:
        headers = {} if signature is None else {HEADER: signature.encode().decode("latin-1")}
        return RawRequest(method=method, path=PATH, headers=headers, body=body)

    return st.builds(
        made, st.sampled_from(["POST", "POST", "POST", "HEAD", "GET", "PUT"]), bodies, st.none() | false
    )
