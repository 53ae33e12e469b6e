"""Every word that is discovered: its examples hold, and it says what it does in words of its own."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from books import parse

from zjrules.case import failed_examples
from zjrules.inout.asset import asset
from zjrules.inout.calendar import work_calendar
from zjrules.project import load, rule_sets, standard_examples
from zjrules.ruleset import Example
from zjrules.syntax.decl import Word

WORDS = [
    pytest.param(word, id=word.name.text)
    for path in sorted((asset("rules")).rglob("*.zj"))
    for word in parse(Path(path).read_text("utf-8"))[0].decls
    if isinstance(word, Word)
]


@cache
def examples() -> tuple[Example, ...]:
    found, problems = standard_examples()
    assert not problems
    own = [load(name)[0] for name in rule_sets()]
    return (*found, *(e for rules in own if rules is not None for e in rules.examples))


def test_all_examples_hold() -> None:
    assert failed_examples(examples(), work_calendar()) == []
    assert len(examples()) > 2 * 24


@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_examples_a_note_and_a_sentence(word: Word) -> None:
    counts = Counter(e.word for e in examples())
    assert counts[word.name.text] >= 2
    assert word.note
    assert word.said is not None
    known = {i.name.text for i in word.inputs} | {n.name.text for n in word.lets} | {"满分"}
    assert set(re.findall(r"\{([^}]*)\}", word.said.text)) <= known
