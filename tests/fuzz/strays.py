"""What comes to any web server: unknown paths, odd methods, odd headers, bodies where none belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.fuzz.sending import RawRequest

if TYPE_CHECKING:
    from tests.fuzz.installation import FuzzedApplication

METHODS = st.sampled_from(
    [
        "GET",
        "GET",
        "POST",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "HEAD",
        "TRACE",
        "CONNECT",
        "PROPFIND",
        "get",
        "F\xffO",
    ]
)
DOORS = (
    "/", "/healthz", "/metrics", "/docspace/webhook", "/docspace/webhook/", "/slack/events",
    "/teams/messages", "/teams/command", "/ack", "/ack/x", "/reviews", "/reviews.csv", "/inbox",
    "/inbox/events", "/sign-in/callback", "/static/pages/", "/static/pages/pages.css",
    "/static/pages/../../web.py", "/static/pages/%2e%2e/%2e%2e/headers.py", "//", "/reviews//x", "/ack//x",
    "/%00", "/.env", "/.git/config", "/healthz/", "/HEALTHZ", "/docspace//webhook", "*",
    "http://evil.example/",
)  # fmt: skip
PATHS = st.sampled_from(DOORS) | st.binary(max_size=30).map(lambda raw: "/" + quote_from_bytes(raw))
HEADERS = {
    "Host": ["", "evil.example", "127.0.0.1:99999", "[::1", "a b", "\xff", "x" * 5000],
    "X-Forwarded-Host": ["evil.example", "\xff"],
    "X-Forwarded-Proto": ["https", "javascript"],
    "X-Forwarded-For": ["127.0.0.1", "x" * 5000],
    "Content-Type": [
        "",
        "x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/plain; charset=\xff",
        ";;;=",
    ],
    "Content-Length": [
        "",
        "-1",
        "5",
        "abc",
        "9" * 30,
        "1e3",
        "0x10",
        "+3",
        "\u0661".encode().decode("latin-1"),
    ],
    "Transfer-Encoding": ["chunked", "gzip, chunked", "identity"],
    "Content-Encoding": ["gzip", "br"],
    "Cookie": ["", "=", "docspace-review=", "a=" + "b" * 9000, "\xff=\xff", "; ; ;"],
    "Accept-Language": ["", "de", "de;q=x", ",,,", "*" * 5000, "\xff"],
    "Authorization": ["", "Bearer", "Bearer x", "Basic x", "Basic \xff", "Bearer " + "x" * 9000],
    "Range": ["bytes=0-", "bytes=-1", "bytes=9-1", "x"],
    "If-None-Match": ["*", '"x"', "W/"],
    "If-Modified-Since": ["x", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 400],
    "Last-Event-ID": ["", "x", "-", "9" * 400 + "-x", "\xff"],
    "Expect": ["100-continue", "x"],
    "Upgrade": ["websocket", "h2c"],
    "Origin": ["null", "https://evil.example"],
    "Referer": ["", "https://evil.example/", "\xff"],
    "X-Http-Method-Override": ["DELETE"],
}
BODIES = st.sampled_from(
    [b"", b"{}", b"[]", b"null", b"\0" * 100, b"--x\r\n\r\n", b"a=b&" * 2000]
) | st.binary(max_size=100)


def unproven(_at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return st.builds(
        lambda method, path, headers, body: RawRequest(method=method, path=path, headers=headers, body=body),
        METHODS,
        PATHS,
        _headers(),
        BODIES,
    )


def measures(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return questions for the figures and the health, some with the token that the figures ask for."""
    token = {"Authorization": f"Bearer {at.metrics_token}"}
    asked = st.builds(
        lambda path, headers: RawRequest(method="GET", path=path, headers=headers),
        st.sampled_from(["/metrics", "/healthz", "/"]),
        _headers(),
    )
    return st.one_of(asked, asked.map(lambda request: request.with_headers(token)))


def _headers() -> st.SearchStrategy[dict[str, str]]:
    each = st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))
    )
    return st.lists(each, max_size=3).map(dict)
