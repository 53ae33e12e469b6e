"""Answers as plain data: for JSON, and for the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve

from zjrules.prove.example import Example
from zjrules.prove.question import Answer, Question, Shown
from zjrules.unit import Scalar

Record = dict[str, Any]
SCHEMA = "zjrules.prove/1"


def answer(found: Answer) -> Record:
    """Return an answer as JSON data; numbers are "num/den" texts."""
    asked = found.question
    item: Record = {"类": asked.kind, "对象": asked.owner, "说的是": asked.subject, "问": asked.said}
    item |= {"判定": found.verdict, "说明": found.said}
    item |= {"例": [_shown(s) for s in found.examples]} if found.examples else {}
    item |= {"试过": list(found.tried)} if found.tried else {}
    item |= {"只圈定": list(found.enclosed)} if found.enclosed else {}
    item |= {"落差": found.size} if found.size else {}
    return item | ({"认可": found.accepted} if found.accepted else {})


def _shown(shown: Shown) -> Record:
    return {"事实": example(shown.example), "得": shown.gives}


def example(found: Example) -> Record:
    """Return an example as JSON data."""
    item: Record = {"值": {n: _value(v) for n, v in found.values.items()}}
    item |= {"没有佐证": sorted(found.claimed)} if found.claimed else {}
    rows = {n: [{c: _value(v) for c, v in row.items()} for row in rows] for n, rows in found.ledgers.items()}
    return item | ({"明细": rows} if rows else {})


def _value(value: Scalar | None) -> Any:
    match value:
        case None:
            return {"态": "不适用"}
        case bool():
            return value
        case Fraction():
            return str(value)
        case _:
            return {"项": value}


def restored(data: Sequence[Any], questions: Sequence[Question]) -> tuple[Answer, ...]:
    """Return answers from JSON data that answer() made. Raises LookupError, TypeError or ValueError for other data."""
    return tuple(_answer(item, q) for item, q in zip(data, questions, strict=True))


def _answer(item: Mapping[str, Any], question: Question) -> Answer:
    if (item["类"], item["对象"], item["说的是"]) != (question.kind, question.owner, question.subject):
        raise ValueError("another question")
    shown = tuple(Shown(_example(s["事实"]), s["得"]) for s in item.get("例", ()))
    return Answer(
        evolve(question, said=item["问"]), item["判定"], item["说明"], shown, tuple(item.get("试过", ())),
        tuple(item.get("只圈定", ())), item.get("落差", ""),
    )  # fmt: skip


def _example(item: Mapping[str, Any]) -> Example:
    values = {n: _read(v) for n, v in item["值"].items()}
    ledgers = {
        n: tuple({c: _read(v) for c, v in row.items()} for row in rows) for n, rows in item.get("明细", {}).items()
    }
    return Example(values, frozenset(item.get("没有佐证", ())), ledgers)  # type: ignore[arg-type]


def _read(value: Any) -> Scalar | None:
    if isinstance(value, dict):
        return str(value["项"]) if "项" in value else None
    return value if isinstance(value, bool) else Fraction(value)
