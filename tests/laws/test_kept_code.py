"""Machine code that is kept is what would be made anew; nothing but time depends on it."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path

import pytest
from given import drawn
from sheets import sheet, writable
from test_bulk import agree, calendar
from test_tables import rules

from test_batch import BOOK, batch, outputs, small
from zjrules.bulk import machine, run
from zjrules.bulk.frame import Frame
from zjrules.bulk.ir import Text
from zjrules.bulk.program import Bulk, bulk
from zjrules.inout import store
from zjrules.inout.table.frame import frame_from
from zjrules.kept_code import code_kept

NOTHING = Text("nothing", 0, "define void @nothing() {\n  ret void\n}\n", ())


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(store.OFF, raising=False)
    monkeypatch.setattr(run, "FEW", 1)
    return tmp_path / "zjrules"


@cache
def framed() -> tuple[Frame, Frame]:
    """Return an outline, and units near every edge of the 2025 book."""
    program = rules("zhanjiang/2025").program
    table = sheet(program.schema, writable(drawn(program, seed, 12) for seed in range(20)), "fen")
    return frame_from(program, table.clear())[0], frame_from(program, table)[0]


def expecting() -> Bulk:
    """Return the 2025 book made ready for many units, with its machine code kept."""
    made = bulk(rules("zhanjiang/2025").program, calendar())
    with code_kept():
        made.expect(framed()[0], run.ENOUGH)
    return made


def forbidden(text: Text) -> object:
    raise AssertionError(f"{text.name} is compiled")


def test_what_is_kept_is_not_compiled_again(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expecting()
    files = sorted(kept.glob("code-*.json"))
    assert len(files) == 4, "the rows of three ledgers, and the units"
    before = [f.stat().st_mtime_ns for f in files]
    with monkeypatch.context() as patch:
        patch.setattr(machine, "_compiled", forbidden)
        again = expecting()
    assert again.fast.units.native is not None
    agree(again, framed()[1])
    assert [f.stat().st_mtime_ns for f in sorted(kept.glob("code-*.json"))] == before


@pytest.mark.parametrize("part", ["triple", "processor", "features", "llvmlite"])
def test_another_machine_has_its_own(kept: Path, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code for another processor could end the program."""
    mine, real = machine._target(), machine._machine

    def ours() -> object:
        with monkeypatch.context() as patch:
            patch.setattr(machine, "_target", lambda: mine)
            return real()

    with code_kept():
        machine.kept_function(NOTHING)
        if part == "llvmlite":
            monkeypatch.setattr("llvmlite.__version__", "0.0")
        else:
            place = ("triple", "processor", "features").index(part)
            monkeypatch.setattr(machine, "_machine", ours)
            monkeypatch.setattr(
                machine, "_target", lambda: tuple(f"{t}x" if i == place else t for i, t in enumerate(mine))
            )
        machine.kept_function(NOTHING)
    assert len(list(kept.glob("code-*.json"))) == 2


def of_another() -> str:
    """Return whole code that has another function."""
    machine._start()
    return base64.b64encode(machine._compiled(NOTHING)).decode("ascii")


@pytest.mark.parametrize("value", ["不是机器码", "", 3, None, ["AA=="], of_another])
def test_what_is_not_the_code_is_made_anew(kept: Path, value: object) -> None:
    expecting()
    for path in kept.glob("code-*.json"):
        text = json.dumps(value() if callable(value) else value, ensure_ascii=False)
        path.write_text(f"{store.digest(text)}\n{text}", "utf-8")
    agree(expecting(), framed()[1])
    assert all(len(path.read_text("utf-8")) > 2000 for path in kept.glob("code-*.json"))


def test_a_batch_is_the_same_with_kept_code(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small().write_parquet(tmp_path / "表.parquet")
    (tmp_path / "书.zj").write_text(BOOK, "utf-8")
    args = ("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--block", "5", "--force")
    monkeypatch.setattr(run, "ENOUGH", 2)
    found = []
    for more, off in (((), ""), ((), ""), (("--no-cache",), "1")):
        monkeypatch.setenv(store.OFF, off)
        batch(*args, *more, cwd=tmp_path)
        found.append(outputs(tmp_path, "得分"))
        assert bool(list(kept.glob("code-*.json"))) or off
    assert found[0] == found[1] == found[2]
    assert not machine.keeps()


def test_without_the_cache_nothing_is_left(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(store.OFF, "1")
    made = expecting()
    assert made.fast.units.native is None, "it would not pay for one run"
    assert not kept.exists()
