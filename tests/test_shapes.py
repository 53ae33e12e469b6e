"""The table of the 55 scoring shapes, held against the golden blocks that show them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROW = re.compile(r"^\| (S\d\d) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {
    number: (how, trap, missing)
    for number, _, how, trap, missing in ROW.findall((HERE / "shapes.md").read_text("utf-8"))
}
OPEN = re.compile(r"缺事实| 至 |无法计算")


def blocks() -> dict[str, list[tuple[str, str]]]:
    """Return by shape the blocks that name it before their colon: what is given, what comes out."""
    found = defaultdict(list)
    for path in sorted((HERE / "golden" / "score").glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            given, _, output = block.partition("\n---\n")
            for shape in re.findall(r"S\d\d", given.partition("\n")[0]):
                found[shape].append((given, output))
    return found


BLOCKS = blocks()


def test_all_shapes_are_there() -> None:
    assert list(ROWS) == [f"S{n:02}" for n in range(1, 56)]


@pytest.mark.parametrize("shape", ROWS)
def test_a_shape_is_written_as_the_table_says_and_shown_with_facts_missing(shape: str) -> None:
    how, trap, missing = ROWS[shape]
    assert trap and missing
    text = "\n".join(given for given, _ in BLOCKS[shape])
    for word in re.findall(r"`(.+?)`", how):
        assert word in text, f"{shape} says {word}"
    assert "手签" in text, f"{shape} has a hand-signed score"
    assert any(OPEN.search(output) for _, output in BLOCKS[shape]), f"{shape} with facts missing"
