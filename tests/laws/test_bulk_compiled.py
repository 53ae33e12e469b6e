"""What is compiled gives what numpy gives, whatever its size and whoever asks, and says nothing of its own."""

from __future__ import annotations

import numpy as np
import pytest

from zjrules.bulk import run
from zjrules.bulk.code import Code, constant
from zjrules.bulk.operation import Array


@pytest.mark.parametrize("columns", [2, 160, 600])
def test_any_number_of_columns(columns: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
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
