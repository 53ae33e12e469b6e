"""Files that a person could hand us and that are broken or meant to harm: a code, a place, a way out, and nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from hostile import READ, documents, workbook, workbooks
from zjrules.diag import Diagnostic
from zjrules.inout.archive import MAX_CELLS
from zjrules.inout.documents import report_text
from zjrules.inout.workbook import grid, labels
from zjrules.inout.workbook.cells import Grid
from zjrules.inout.workbook.facts import facts
from zjrules.inout.workbook.shown import number as shown_number
from zjrules.inout.workbook.values import entry
from zjrules.project import fitted, load, read_facts
from zjrules.span import NOWHERE

CORPUS = {name: (make, code) for name, make, code in workbooks()}
MOST_MEMORY = 500_000_000
LIMITED = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({most}, {most}))
from pathlib import Path
from zjrules.project import read_facts
for name in sys.argv[1:]:
    handed, found = read_facts(Path(name))
    print(json.dumps([handed is not None, [d.code.number for d in found]]))
own = [line.split()[1] for line in open("/proc/self/status", encoding="ascii") if line.startswith("VmHWM")]
print(max(int(own[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""


def said(path: Path) -> list[Diagnostic]:
    """Return all that is said of a workbook, by reading it and by fitting it to a rule set."""
    handed, found = read_facts(path)
    if handed is None:
        return list(found)
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    return [*found, *fitted(handed, rules)[1]]


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 50


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_workbook_gets_a_code_a_place_and_a_way_out(name: str, tmp_path: Path) -> None:
    make, code = CORPUS[name]
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(make())
    before = path.read_bytes()
    found = said(path)
    if code != READ:
        mine = [d for d in found if d.code.number == code]
        assert mine, [(d.code.number, d.message) for d in found]
        assert mine[0].help
        assert name in str(mine[0].labels[0].span)
    else:
        assert not [d for d in found if d.code.number in ("ZJ5041", "ZJ5042", "ZJ5043", "ZJ5044", "ZJ5045")]
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


PAPERS = {name: (make, code) for name, make, code in documents()}


@pytest.mark.parametrize("name", PAPERS)
def test_a_hostile_document_gets_a_code_a_place_and_a_way_out(name: str, tmp_path: Path) -> None:
    make, code = PAPERS[name]
    path = tmp_path / f"{name}.docx"
    path.write_bytes(make())
    source, found = report_text(path, path.as_posix())
    assert source is None
    assert [d.code.number for d in found] == [code]
    assert found[0].help and name in str(found[0].labels[0].span)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_reading_hostile_files_stays_under_500_mb(tmp_path: Path) -> None:
    """The whole corpus goes through one process that, with its children, cannot have more."""
    paths = []
    for number, (make, _) in enumerate(CORPUS.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(make())
    command = [sys.executable, "-c", LIMITED.format(most=MOST_MEMORY), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    *lines, peak = done.stdout.splitlines()
    assert len(lines) == len(paths)
    for line, (_, code) in zip(lines, CORPUS.values(), strict=True):
        read, codes = json.loads(line)
        assert read or codes
        assert code not in ("ZJ5041", "ZJ5042", "ZJ5043", "ZJ5044", "ZJ5045") or code in codes
    # Asked of itself: what this process sees of its children counts its own size at the fork.
    assert int(peak) * 1024 < MOST_MEMORY


@pytest.mark.parametrize(
    "text",
    [
        "不适用：甲" + " " * 100_000 + "x)x",
        "单位:" + " " * 100_000 + "，",
        "（" * 50_000 + "）" * 50_000,
        "1." * 50_000 + "x",
    ],
)
def test_the_text_of_a_cell_is_read_in_linear_time(text: str) -> None:
    start = time.monotonic()
    labels.caption_unit(text), labels.heading(text), labels.bare(text), labels.is_note(text)
    entry("年初预算数", {"值": text}, NOWHERE, NOWHERE)
    assert time.monotonic() - start < 5


def test_many_merged_cells_cost_no_more_than_their_number() -> None:
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    headings = [[c, "s", name, "", ""] for c, name in enumerate(rules.program.schema.ledgers["采购合同"].columns, 1)]
    rows = [[1, headings], *([n, [[1, "s", f"合同 {n}", "", ""]]] for n in range(2, 20_002))]
    data = {"name": "台账", "hidden": False, "merged": [[1, 20, 65_536, 256]] * 2_000, "rows": rows, "hidden_rows": [],
            "hidden_columns": []}  # fmt: skip
    start = time.monotonic()
    page = grid._sheet("台账.xls", data)
    assert len(page.merged) <= MAX_CELLS
    raw, _ = facts(Grid("台账.xls", (page,)), rules.program.schema, ())
    assert len(raw.ledgers[0].rows) == 20_000 and time.monotonic() - start < 20


def test_a_number_that_its_format_cannot_show_is_shown_as_it_is() -> None:
    for value, form in (("1e60", "0.00"), ("1e300", "#,##0"), ("1.5", "0." + "0" * 70), ("1e40", "0." + "0" * 30)):
        assert shown_number(Decimal(value), form) is None
    assert (
        shown_number(Decimal("1e30"), "0.00") == "1" + "0" * 30 + ".00"
        and shown_number(Decimal("1e-40"), "0.00") == "0.00"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [("不适用：没有 ", "没有"), ("不适用（没有）", "没有"), ("不适用(没有(本年) )", "没有(本年)"), ("不适用，甲\n乙", "甲\n乙"),
     ("不适用", ""), ("不适用（）", ""), ("不适用吗", None)],
)  # fmt: skip
def test_not_applicable_with_its_reason_in_the_same_cell(text: str, reason: str | None) -> None:
    assert entry("年初预算数", {"值": text}, NOWHERE, NOWHERE).not_applicable == reason


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    for name in ("没有.xlsx", "目录.xlsx", "管道.xlsx"):
        path = tmp_path / name
        if name.startswith("目录"):
            path.mkdir()
        if name.startswith("管道"):
            os.mkfifo(path)
        handed, found = read_facts(path)
        assert handed is None
        assert [d.code.number for d in found] == ["ZJ1050"]


def test_an_honest_workbook_has_nothing_said_of_it(tmp_path: Path) -> None:
    path = tmp_path / "好的.xlsx"
    path.write_bytes(workbook())
    assert said(path) == []
