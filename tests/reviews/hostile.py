"""Reviews whose texts are of the greatest lengths and grow when they are escaped, for the property tests."""

from dataclasses import replace

from hypothesis import strategies as st

from reviews.acts import Act, ActKind
from reviews.bulk import MAX_FIRST_FILES, BulkSummary
from reviews.comparison import ComparisonState, ComparisonSummary, WithheldReason
from reviews.identity import Person, Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.model import Review
from reviews.routes.route import REVIEWABLE_KINDS
from tests.reviews.samples import START, answered_review, bulk, bulk_file, review

GROWING = [
    "&",
    "<",
    ">",
    "*",
    "_ ",
    "~a",
    "`",
    "|",
    "&amp;",
    "<!channel>",
    "🙂",
    "a",
    "á",
    "\u202e",
    "\n",
    "…",
]


def longest_texts(longest: int = 3000) -> st.SearchStrategy[str]:
    """Texts of up to `longest` characters: one sign over and over, a few signs mixed, or anything."""
    lengths = st.sampled_from([0, 1, 30, 75, 90, 150, 300, 600, 1000, 1900, 2900, longest])
    repeated = st.tuples(st.lists(st.sampled_from(GROWING), min_size=1, max_size=5), lengths)
    return repeated.map(lambda drawn: ("".join(drawn[0]) * drawn[1])[: drawn[1]]) | st.text(max_size=300)


def long_links() -> st.SearchStrategy[str | None]:
    return st.none() | longest_texts().map("https://acme.example.com/?q={}".format)


def comparison_summaries() -> st.SearchStrategy[ComparisonSummary]:
    """Draw what comparisons say on a card, with numbers of any length and texts of another release."""
    numbers = st.integers(0, 10**40)
    names = st.sampled_from(("replaced", "inserted", "deleted", "moved", "recoloured"))
    subjects = st.sampled_from(("amount", "date", "number", "obligation", "name", "tone"))
    return st.builds(
        ComparisonSummary,
        state=st.sampled_from(ComparisonState),
        reason=st.none() | st.sampled_from(WithheldReason) | longest_texts(),
        counts=st.dictionaries(names, numbers),
        matters=st.dictionaries(subjects, numbers),
    )


@st.composite
def hostile_reviews(draw: st.DrawFn) -> Review:
    """Draw reviews in every state and of every kind of change, all their texts hostile."""
    texts, several = longest_texts(), st.lists(st.sampled_from(ActKind), max_size=3, unique=True)
    names = draw(st.lists(texts, max_size=3))
    decision = draw(st.none() | st.sampled_from(Decision))
    current = review(due_at=START)
    if decision is not None:
        current = answered_review(decision, reviewer=Reviewer(name=draw(texts)), note=draw(st.none() | texts))
    return replace(
        current,
        title=draw(texts),
        path=draw(texts),
        contributors=tuple(Person(id=None, name=name) for name in names),
        acts=tuple(Act(kind=kind, people=(Person(id=None, name=draw(texts)),)) for kind in draw(several)),
        title_before=draw(st.none() | texts),
        path_before=draw(st.none() | texts),
        moved_to=draw(st.none() | texts),
        link=draw(long_links()),
        kind=draw(st.sampled_from(ChangeKind)),
        version_from=10**30,
        version_to=draw(st.sampled_from([None, 10**31])),
        bulk=draw(st.none() | hostile_files()),
        changes=draw(st.none() | comparison_summaries()),
    )


@st.composite
def hostile_files(draw: st.DrawFn) -> BulkSummary:
    """Draw the files of a bulk review, all their texts hostile."""
    texts, kinds = (
        longest_texts(),
        st.lists(st.sampled_from(sorted(REVIEWABLE_KINDS)), min_size=1, unique=True),
    )
    file = bulk_file(
        title=draw(texts), path=draw(texts), link=draw(long_links()), kind=draw(st.sampled_from(ChangeKind))
    )
    return bulk(
        count=draw(st.sampled_from([1, 2, 26, 10**9])),
        kinds=tuple((kind, 10**9) for kind in draw(kinds)),
        sample_files=(file,) * draw(st.integers(0, MAX_FIRST_FILES)),
    )
