"""What browsers send to the pages: bent links, forms without a token, odd filters, sessions of no person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.fuzz.sending import RawRequest
from tests.fuzz.values import bent_texts, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.installation import FuzzedApplication, SignedInBrowser

FORM = "application/x-www-form-urlencoded"
FILTERS = {
    "route": "compliance", "folder": "Legal", "person": "owner@example.com", "kind": "content",
    "state": "open", "from": "2026-01-01", "to": "2026-12-31", "before": "5", "after": "5", "known": "5-x",
    "id": "rev-1", "page": "2", "answered": "1", "review": "rev-1", "code": "x", "error": "x", "iss": "x",
}  # fmt: skip
ACK = ("", "/code", "/proof", "/not-me", "/other")
HOMES = ("reviews", "inbox", "nowhere", "//evil.example", "..%2f..%2f", "%00")
LANGUAGES = st.sampled_from(
    ["de", "de-DE,de;q=0.9", "*", "q=1", ";;;,,,", "x" * 5000, "de;q=nan", "\xff", "zz-ZZ"]
)
JUNK_SESSION = (
    "docspace-review=x",
    "docspace-review=eyJ9.x.y",
    "docspace-review=" + "." * 4000,
    "=;=;=",
    "\xff=\xff",
)


def acknowledge(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return visits to the acknowledge page, most with a link that was handed out."""
    return _visits(at, _ack_paths(at))


def sign_in(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return _visits(at, _sign_in_paths(at))


def history(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return _visits(at, _history_paths(at))


def inbox(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return _visits(at, _inbox_paths(at))


def forged(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return visits of strangers to any page."""
    paths = (_ack_paths(at), _sign_in_paths(at), _history_paths(at), _inbox_paths(at))
    return _unproven(at, st.one_of(paths))


def _ack_paths(at: FuzzedApplication) -> st.SearchStrategy[str]:
    return st.builds(lambda token, step: f"/ack/{token}{step}", _tokens(at.ack_tokens), st.sampled_from(ACK))


def _sign_in_paths(at: FuzzedApplication) -> st.SearchStrategy[str]:
    tokens = _tokens(at.ack_tokens)
    return st.one_of(
        tokens.map(lambda token: f"/sign-in/{token}"),
        st.sampled_from(HOMES).map(lambda home: f"/sign-in/to/{home}"),
        st.sampled_from(["/sign-in/callback", "/sign-in/as-before"]),
        _tokens(at.ways_in).map(lambda token: f"/reviews/sign-in/{token}"),
        tokens.map(lambda token: f"/test/{token}"),
    )


def _history_paths(at: FuzzedApplication) -> st.SearchStrategy[str]:
    ids = st.sampled_from(at.review_ids) | words.map(_quoted)
    return st.one_of(
        st.sampled_from(["/reviews", "/reviews.csv", "/reviews/code", "/reviews/proof", "/reviews/sign-out"]),
        ids.map(lambda review_id: f"/reviews/{review_id}"),
    )


def _inbox_paths(at: FuzzedApplication) -> st.SearchStrategy[str]:
    ids = st.sampled_from(at.review_ids) | words.map(_quoted)
    return st.one_of(
        st.sampled_from(["/inbox", "/inbox/answered", "/inbox/events", "/inbox/code", "/inbox/proof"]),
        ids.map(lambda review_id: f"/inbox/reviews/{review_id}"),
    )


def _visits(at: FuzzedApplication, paths: st.SearchStrategy[str]) -> st.SearchStrategy[RawRequest]:
    """Return visits of people who are signed in, and of strangers with and without a cookie."""
    return st.one_of(_proven(at, paths), _unproven(at, paths))


def _proven(at: FuzzedApplication, paths: st.SearchStrategy[str]) -> st.SearchStrategy[RawRequest]:
    browsers = st.sampled_from(at.signed_in)

    @st.composite
    def made(draw: st.DrawFn) -> RawRequest:
        browser = draw(browsers)
        visit = draw(_with_query(paths, "POST" if draw(st.booleans()) else "GET"))
        form = draw(_fields(at, browser.form_token)) if visit.method == "POST" else {}
        return _from(browser, visit, form, draw(LANGUAGES), proven=True)

    return made()


def _unproven(at: FuzzedApplication, paths: st.SearchStrategy[str]) -> st.SearchStrategy[RawRequest]:
    """Return visits of a person who has proven nothing, or forms that another site made a browser send.

    Such a form has no token, or that of another session.
    """
    owner, other = at.signed_in

    @st.composite
    def made(draw: st.DrawFn) -> RawRequest:
        visit = draw(_with_query(paths, draw(st.sampled_from(["GET", "POST", "POST"]))))
        token = draw(st.sampled_from(["", other.form_token, "x", "."]))
        form = draw(_fields(at, token)) if visit.method == "POST" else {}
        nobodys = st.sampled_from(["", owner.bent_cookie, *JUNK_SESSION])
        cookie = owner.cookie if draw(st.booleans()) else draw(nobodys)
        body = urlencode(form, errors="surrogatepass").encode()
        return visit.with_headers({"Cookie": cookie, "Content-Type": FORM}).with_body(body)

    return made()


def _from(
    browser: SignedInBrowser, visit: RawRequest, form: dict[str, str], language: str, *, proven: bool
) -> RawRequest:
    headers = {"Cookie": browser.cookie, "Accept-Language": language, "Content-Type": FORM}
    body = urlencode(form, errors="surrogatepass").encode()
    return visit.with_headers(headers).with_body(body, proven=proven)


def _fields(at: FuzzedApplication, form_token: str) -> st.SearchStrategy[dict[str, str]]:
    whole = {
        "decision": "acknowledge", "revision": "1", "note": "Section 4 is wrong.", "csrf_token": form_token,
        "address": "owner@example.com", "code": "12345678", "name": "Dana Ozola", "id": at.review_ids[0],
        "review": at.review_ids[0], "until": "2026-12-01", "whom": "deputy@example.com",
    }  # fmt: skip
    return bent_texts(whole)


def _with_query(paths: st.SearchStrategy[str], method: str) -> st.SearchStrategy[RawRequest]:
    queries = st.one_of(
        st.just(""),
        bent_texts(FILTERS).map(lambda query: urlencode(query, errors="surrogatepass")),
        st.sampled_from(
            ["%", "&&&===", "from=%ff%fe", "a" * 9000, "from=1&from=2&from=3", ";", "state[]=x", "%00"]
        ),
    )
    return st.builds(
        lambda path, query: RawRequest(method=method, path=f"{path}?{query}" if query else path),
        paths,
        queries,
    )


def _tokens(good: Sequence[str]) -> st.SearchStrategy[str]:
    """Return tokens, most as they were handed out, others turned, changed in one place, or made up."""
    odd = [token[::-1] for token in good] + [f"{token[:9]}-{token[10:]}" for token in good]
    made_up = words.map(_quoted)
    return st.integers(0, 9).flatmap(
        lambda dice: st.sampled_from(good if dice < 8 else odd) if dice else made_up
    )


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass")[:3000], safe="") or "-"
