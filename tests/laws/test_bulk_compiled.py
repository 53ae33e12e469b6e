"""What is compiled gives what numpy gives, whatever its size and whoever asks, and says nothing of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from attrs import evolve
from books import compiled, facts
from given import drawn
from sheets import FORMS, sheet, writable
from test_bulk import agree, at_once, calendar, said
from test_bulk_traps import NOT, TRAPS, head
from test_tables import BOOKS, rules

from zjrules.bulk import gather, machine, native, run
from zjrules.bulk import open as ways
from zjrules.bulk.code import Code, constant
from zjrules.bulk.frame import Cells, frame_of
from zjrules.bulk.operation import Array
from zjrules.bulk.program import bulk
from zjrules.bulk.versions import version
from zjrules.inout.table.frame import frame_from
from zjrules.project import load
from zjrules.summary.points import settled


@pytest.mark.parametrize("columns", [2, 160, 600])
def test_any_number_of_columns(
    columns: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = Code()
    given = [code.input(n, 0, 1000) for n in range(columns)]
    beside = [*given[7:], *given[:7]]
    made = run.ready(
        code, [code.floor(code.mul(a, a), code.add(b, constant(1))) for a, b in zip(given, beside, strict=True)]
    )
    inputs: dict[object, Array] = {n: (np.arange(1500, dtype=np.int64) * 7 + n) % 1001 for n in range(columns)}
    plain = made.run(inputs, 1500)
    monkeypatch.setattr(run, "ENOUGH", 0)
    for mine, theirs in zip(made.run(inputs, 1500), plain, strict=True):
        assert mine.dtype == theirs.dtype
        assert (mine == theirs).all()
    assert capfd.readouterr() == ("", ""), "the compiler's own words are for nobody"


def test_columns_of_another_width_in_another_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    monkeypatch.setattr(ways, "FEWEST", 1)
    program = compiled(
        head()
        + "一级指标 全部 100 分\n指标 一 100 分\n  得分 满分 × 丙\n  扣分\n    凡 戊 扣 1 分\n    扣完为止\n"
        + "  限于 0 分 至 满分\n"
    )
    ready = bulk(program, calendar())
    for millionths in ((1, 100), (3, 30_000), (100_000, 1_200_000)):
        units = [facts({"丙": Fraction(n, 10**6)}) for n in millionths]
        frame = frame_of(program.schema, units)
        agree(ready, evolve(frame, facts={name: _narrow(cells) for name, cells in frame.facts.items()}))


def _narrow(cells: Cells) -> Cells:
    """Return a column in the narrowest integers that hold it."""
    return evolve(cells, values=cells.values.astype(np.min_scalar_type(-int(cells.values.max()) - 1)))


@pytest.mark.slow
def test_several_threads_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    found_rules, _ = load("zhanjiang/2025")
    assert found_rules is not None
    program = found_rules.program
    frames = [frame_of(program.schema, [drawn(program, 100 * n + i, 5) for i in range(20)]) for n in range(6)]
    alone = [bulk(program, calendar()).score(frame) for frame in frames]
    together = bulk(program, calendar())
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(together.score, frames))
    finally:
        sys.setswitchinterval(before)
    for mine, theirs in zip(found, alone, strict=True):
        for one, other in zip((*mine.indicators, mine.total), (*theirs.indicators, theirs.total), strict=True):
            assert [said(one, place) for place in range(20)] == [said(other, place) for place in range(20)]


def test_a_version_of_an_empty_frame() -> None:
    program = compiled(TRAPS["ratios that are not rounded"])
    first, frame = bulk(program, calendar()), frame_of(program.schema, [])
    assert len(version(first, program).score(frame, first.score(frame))) == 0


HARDENED = """
import ctypes
from zjrules.bulk import machine
print(ctypes.CDLL(None).prctl(65, 1, 0, 0, 0))  # what was written is never executed: MemoryDenyWriteExecute of systemd
print(machine.able())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems forbid it in other ways")
def test_a_hardened_system_is_left_to_numpy() -> None:
    said_ = subprocess.run([sys.executable, "-c", HARDENED], capture_output=True, text=True, check=True).stdout.split()
    if said_[0] != "0":
        pytest.skip("this kernel cannot forbid it")
    assert said_[1] == "False"


def test_without_a_compiler_numpy_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise RuntimeError

    at_once(monkeypatch)
    monkeypatch.setattr("llvmlite.binding.create_mcjit_compiler", forbidden)
    machine.able.cache_clear()
    try:
        program = compiled(TRAPS["everything may drop out"])
        ready = bulk(program, calendar())
        for seed in (0, 20):
            agree(ready, frame_of(program.schema, [drawn(program, seed + i, 4) for i in range(20)]))
        assert not machine.able()
    finally:
        machine.able.cache_clear()


def test_nothing_is_written_after_a_piece_failed() -> None:
    done: list[int] = []

    def work(start: int, _: int) -> None:
        if start == 0:
            raise KeyboardInterrupt
        time.sleep(0.05)
        done.append(start)

    with pytest.raises(KeyboardInterrupt):
        native.together(4 * native.LEAST * (os.cpu_count() or 1), work)
    before = len(done)
    time.sleep(0.3)
    assert len(done) == before, "the arrays may be gone by now"


@pytest.mark.parametrize("rubbish", [-(2**63), -1, 99, 2**63 - 1])
def test_what_stands_where_nothing_is_given_is_not_looked_at(rubbish: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    program = compiled(TRAPS["everything may drop out"])
    ready = bulk(program, calendar())
    for seed in (0, 30):
        frame = frame_of(program.schema, [drawn(program, seed + i, 3) for i in range(20)])
        spoilt = {n: evolve(c, values=np.where(c.state == 0, c.values, rubbish)) for n, c in frame.facts.items()}
        agree(ready, evolve(frame, facts=spoilt))


def test_narrow_scores_are_summed_in_full() -> None:
    program = compiled(
        head(NOT, NOT, NOT)
        + """
事实 量 : 个数（处） ≥ 0 处 且 ≤ 1000000 处
事实 数 : 个数（处） ≥ 1 处 且 ≤ 1000000 处
一级指标 全部 100 分
指标 一 100 分
  得分 满分 × 量 ÷ 数
  限于 0 分 至 满分
"""
    )
    units = [facts({"量": Fraction(a), "数": Fraction(b)}) for a, b in ((99, 100), (77_777, 99_991), (5_000, 700_001))]
    scores = bulk(program, calendar()).score(frame_of(program.schema, units)).indicators[0]
    exact = Fraction(9900, 100) + Fraction(7_777_700, 99_991) + Fraction(500_000, 700_001)
    found = settled(scores).counted().sum()
    assert Fraction(found.low, 10**6) <= exact <= Fraction(found.high, 10**6)


def test_how_many_units_are_due_decides_whether_anything_is_compiled() -> None:
    """Few are never worth it, however they are cut; for many it is done with the first of them, and then kept to."""
    program = compiled(TRAPS["everything may drop out"])
    units = [drawn(program, seed, 0) for seed in range(run.FEW)]
    frame = frame_of(program.schema, units)
    few, many = bulk(program, calendar()), bulk(program, calendar())
    for due in (4 * len(frame), 3 * len(frame), 2 * len(frame), len(frame)):
        plain = few.score(frame, due=due)
    first = many.score(frame, due=run.WORTH)
    last = many.score(frame, due=len(frame))
    assert few.fast.units.native is None
    assert many.fast.units.native is not None and many.fast.units.paid
    for scores in (first, last):
        for mine, theirs in zip((*scores.indicators, scores.total), (*plain.indicators, plain.total), strict=True):
            assert [said(mine, n) for n in range(len(frame))] == [said(theirs, n) for n in range(len(frame))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", BOOKS)
def test_an_outline_has_the_columns_of_its_table(name: str, form: str) -> None:
    program = rules(name).program
    table = sheet(program.schema, writable(drawn(program, seed, 6) for seed in range(9)), form)
    outline, frame = (frame_from(program, t)[0] for t in (table.clear(), table))
    assert len(outline) == 0
    kinds = [
        [c.values.dtype for c in (*f.facts.values(), *(c for d in f.ledgers.values() for c in d.columns.values()))]
        for f in (outline, frame)
    ]
    assert kinds[0] == kinds[1]


def test_what_is_compiled_for_an_outline_serves_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FEW", 1)
    program = rules("zhanjiang/2025").program
    table = sheet(program.schema, writable(drawn(program, seed, 12) for seed in range(30)), "fen")
    few, many = bulk(program, calendar()), bulk(program, calendar())
    for made, due in ((few, run.WORTH // gather.ROWS - 1), (many, run.WORTH)):
        made.expect(frame_from(program, table.clear())[0], due)
    assert few.fast.units.native is None and not any(r.native for r in few.fast.rows.values())
    before = [many.fast.units.native, *(r.native for r in many.fast.rows.values())]
    assert None not in before
    agree(many, frame_from(program, table)[0])
    assert [many.fast.units.native, *(r.native for r in many.fast.rows.values())] == before
