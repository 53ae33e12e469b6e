"""Fixes: those that are chosen never meet, each is applied whole, and a text is what its untouched pieces and the new ones say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zjrules.diag import Code, Diagnostic, Edit, Fix, at
from zjrules.lint.edits import applied, chosen
from zjrules.span import Source, Span

SOURCE = Source("甲.zj", "零一二三四五六七八九")
SOME = Code("ZJ8000", "some")

places = st.tuples(st.integers(0, 10), st.integers(0, 10)).map(sorted)
edits = st.tuples(places, st.text("XYZ", max_size=3)).map(lambda p: Edit(Span(SOURCE, *p[0]), p[1]))
fixes = st.tuples(st.lists(edits, min_size=1, max_size=2), st.booleans()).map(lambda f: Fix("改", tuple(f[0]), f[1]))


def _found(some: list[Fix]) -> list[Diagnostic]:
    return [at(SOME, Span(SOURCE, 0, 1), "某", fix=fix) for fix in some]


def _meet(a: Edit, b: Edit) -> bool:
    """Return whether two edits have a character in common, or one is put in where the other begins, lies or ends."""
    one, other = range(a.span.start, a.span.end), range(b.span.start, b.span.end)
    if one and other:
        return bool(set(one) & set(other))
    return max(a.span.start, b.span.start) <= min(a.span.end, b.span.end)


@given(st.lists(fixes, max_size=6), st.booleans())
def test_what_is_chosen_is_disjoint_and_the_first_of_those_that_meet(some: list[Fix], unsafe: bool) -> None:
    kept = chosen(_found(some), unsafe)
    assert all(fix.safe or unsafe for fix in kept)
    pairs = [(a, b) for i, one in enumerate(kept) for other in kept[:i] for a in one.edits for b in other.edits]
    assert not any(_meet(a, b) for a, b in pairs)
    left = [fix for fix in some if (fix.safe or unsafe) and fix not in kept]
    for fix in left:
        assert any(_meet(a, b) for other in (*kept, fix) for a in other.edits for b in fix.edits if a is not b)


@given(st.lists(fixes, max_size=6))
def test_a_text_is_its_untouched_pieces_and_the_new_ones_in_order(some: list[Fix]) -> None:
    kept = chosen(_found(some), unsafe=True)
    pieces = sorted((e for fix in kept for e in fix.edits), key=lambda e: e.span.start)
    expected, at_ = "", 0
    for edit in pieces:
        expected += SOURCE.text[at_ : edit.span.start] + edit.text
        at_ = edit.span.end
    expected += SOURCE.text[at_:]
    assert applied({"甲.zj": SOURCE.text, "乙.zj": "别的"}, kept) == {"甲.zj": expected, "乙.zj": "别的"}
