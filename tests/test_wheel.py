"""What ``make dist`` makes installs from its folder alone and runs a case outside the checkout."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _run(*command: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PIP_") and k != "PYTHONPATH"}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env={**inherited, **env}, check=False
    )


@pytest.mark.slow
def test_the_folder_of_wheels_installs_without_a_registry_and_runs_a_case(tmp_path: Path) -> None:
    made = subprocess.run(["make", "dist"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    # The extension of VS Code lies beside them, and is nothing that pip would look at.
    assert (ROOT / "dist" / "zjrules.vsix").is_file() or shutil.which("npm") is None
    # Somewhere else, as it would be carried there, on a path that no plain ASCII program expects.
    dist = tmp_path / "离线 安装"
    shutil.copytree(ROOT / "dist", dist)
    python = dist / "zjrules-env" / "bin" / "python"
    env = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert _run(sys.executable, "-m", "venv", "zjrules-env", cwd=dist).returncode == 0
    command = next(line for line in (dist / "INSTALL.txt").read_text("utf-8").splitlines() if "env/bin/python" in line)
    words = shlex.split(command.partition("（")[0])
    installed = _run(*words, cwd=dist, **env)
    assert installed.returncode == 0, installed.stderr
    case = dist / "真实.yaml"
    case.write_text((ROOT / "cases/zhanjiang-2025/01-real-report.yaml").read_text("utf-8"), "utf-8")
    result = _run(str(python.parent / "zjrules"), "check", case.name, cwd=dist, **env)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "(1 - 0%) × 4 × 60% + (1 - 0%) × 4 × 40% = 4" in result.stdout
    assert "1,060,516.63 元" in result.stdout
    # The language server that the extension starts has all that it needs.
    assert _run(str(python), "-c", "import zjrules.lsp.server", cwd=dist, **env).returncode == 0
    # A second start takes the rule set from the cache, in an installed package too.
    again = _run(str(python.parent / "zjrules"), "check", case.name, cwd=dist, **env)
    assert again.stdout == result.stdout
    assert sorted(p.name.split("-")[0] for p in (tmp_path / "cache" / "zjrules").iterdir()) == ["grammar", "rules"]
    # The Word template, the patterns of reports and the readers in child processes are there too.
    zjrules = str(python.parent / "zjrules")
    assert _run(zjrules, "report", case.name, "-o", "报送", cwd=dist, **env).returncode == 1
    assert _run(zjrules, "check", "报送/数据表.xlsx", cwd=dist, **env).returncode == 1
    reconciled = _run(
        zjrules, "reconcile", "报送/自评报告.docx", "报送/数据表.xlsx", "报送/评分表.xlsx", cwd=dist, **env
    )
    assert "不符 0 处" in reconciled.stdout or "1,060,516.63" in reconciled.stdout, reconciled.stderr
    # So are the pages of the server, with their style and templates.
    started = subprocess.Popen(
        (zjrules, "serve", "--port", "0"), stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=dist
    )
    assert started.stdout is not None
    address = re.search(r"http://\S+", started.stdout.readline())
    assert address is not None
    with urllib.request.urlopen(address[0]) as page, urllib.request.urlopen(f"{address[0]}static/app.css") as style:
        assert "湛江市部门整体绩效自评" in page.read().decode()
        assert b".whatif" in style.read()
    started.send_signal(signal.SIGINT)
    assert started.communicate(timeout=30)[0] == "已结束\n"
