"""A wheel, installed in an empty environment outside the checkout, runs a case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False)


@pytest.mark.slow
def test_the_wheel_runs_check_outside_the_checkout(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    built = _run(sys.executable, "-m", "build", "--wheel", "--outdir", str(dist), str(ROOT), cwd=tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = dist.glob("*.whl")
    made = _run(sys.executable, "-m", "venv", str(tmp_path / "env"), cwd=tmp_path)
    assert made.returncode == 0
    python = str(tmp_path / "env" / "bin" / "python")
    installed = _run(python, "-m", "pip", "install", "--quiet", str(wheel), cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    case = tmp_path / "真实.yaml"
    case.write_text((ROOT / "cases/zhanjiang-2025/01-real-report.yaml").read_text("utf-8"), "utf-8")
    result = _run(str(tmp_path / "env" / "bin" / "zjrules"), "check", case.name, cwd=tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "(1 - 0%) × 4 × 60% + (1 - 0%) × 4 × 40% = 4" in result.stdout
    assert "1,060,516.63 元" in result.stdout
