"""The project's vocabulary: no forbidden term is added, and the list of exceptions only shrinks."""

import pytest

from tests.docs import language
from tests.docs.language_terms import TERMS

# One worker for all: the search of the checkout takes seconds and is done once.
pytestmark = pytest.mark.xdist_group("language")

INSTEAD = {term.term: term.instead for term in TERMS}


def test_no_forbidden_term_is_added() -> None:
    """Code, templates and documentation use the words of the field."""
    counts, listed = language.counts(), language.exceptions()
    added = [
        f'{hit.path}:{hit.line}: do not write "{hit.text}", but: {INSTEAD[hit.term]}'
        for hit in language.hits()
        if counts[hit.path, hit.term] > listed.get((hit.path, hit.term), 0)
    ]
    assert not added, "\n".join(added)


def test_the_list_of_exceptions_shrinks_with_the_terms() -> None:
    """A term that was removed cannot come back."""
    counts, listed = language.counts(), language.exceptions()
    stale = [f"{path}: {term}" for (path, term), n in listed.items() if counts[path, term] < n]
    assert not stale, "\n".join(["run python -m tests.docs.language --update:", *stale])


def test_the_list_of_exceptions_is_sorted_and_names_known_terms() -> None:
    """A change of the list is easy to review."""
    lines = language.EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines)
    assert {term for _, term in language.exceptions()} <= INSTEAD.keys()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("It burns and nobody has it.", ["burn", "who has it"]),
        ("the burn rate of an error budget", []),
        ("Nobody is told.", ["tell"]),
        ("to tell the two of them apart", []),
        ("Look at it.", ["look"]),
        ("It looks like a matcher; look it up.", []),
        ("owing to a restart", []),
        ("The place is lost, in place of an error.", ["place"]),
        ("Skip it, for it is known.", ["for (because)"]),
        ("Wait for it to end.", []),
        ("a value that is none", ["is none"]),
        ("there is none, and `x is None`", []),
        ("The long-lived connection.", []),
    ],
)
def test_a_sentence_with_a_term_is_refused_and_plain_english_is_not(
    text: str, terms: list[str]
) -> None:
    """The patterns are precise."""
    assert [term for _, term, _ in language.terms_in_prose(text, 1)] == terms


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("why_not_told", ["why not", "tell"]),
        ("ClimbingTurn", ["climb"]),
        ("found", ["`found`"]),
        ("not_found", []),
        ("look_up", []),
        ("placeholder", []),
        ("visit_Name", []),
        ("_Look", ["look"]),
        ("always", []),
    ],
)
def test_a_name_with_a_term_is_refused(name: str, terms: list[str]) -> None:
    """A name is searched word by word."""
    assert [term for term, _ in language.terms_in_name(name)] == terms


def test_comments_strings_and_definitions_of_a_module_are_searched() -> None:
    """What a reader or a user can see is searched; a use of a name is not."""
    source = '''"""Whatever burns."""
def hush(given: int) -> None:  # nobody hears
    self.lane = f"{given} told"
    print(courier)
'''
    assert sorted(language.terms_in_python(source)) == [
        (1, "burn", "burns"),
        (1, "whatever", "Whatever"),
        (2, "`given`", "given"),
        (2, "hear", "hears"),
        (2, "hush", "hush"),
        (3, "lane", "lane"),
        (3, "tell", "told"),
    ]
