"""The commands as a user runs them: output, exit codes, files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent
REAL = "cases/zhanjiang-2025/01-real-report.yaml"


def run(*args: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zjrules.cli.main", *args]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env={**os.environ, **env}, check=False
    )


@pytest.fixture(scope="module")
def real() -> subprocess.CompletedProcess[str]:
    return run("check", REAL)


def test_the_real_case_explains_the_60_40_line(real: subprocess.CompletedProcess[str]) -> None:
    assert real.returncode == 1
    assert "(1 - 0%) × 4 × 60% + (1 - 0%) × 4 × 40% = 4" in real.stdout
    assert (
        "调剂率 = 限于(预算调剂额 ÷ 年初预算数, 0%, 100%) = 限于(0 元 ÷ 缺失（> 0 元）, 0%, 100%) = 0%" in real.stdout
    )


def test_the_real_case_finds_the_gap_and_the_open_claim(real: subprocess.CompletedProcess[str]) -> None:
    assert "1,060,516.63 元" in real.stdout
    assert "ZJ6011" in real.stdout
    assert "自评「总分」100.00 分" in real.stdout
    assert "重构，非官方" in real.stdout
    assert "按自述" in real.stdout
    assert "仅有佐证" in real.stdout


def test_no_colour_and_no_control_characters_when_piped(real: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in real.stdout


def test_json_follows_the_published_schema() -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/check.schema.json").read_text("utf-8"))
    result = run("check", REAL, "cases/zhanjiang-2025/05-full-department.yaml", "--format", "json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, schema)
    assert len(document["单位"]) == 2
    assert document["单位"][0]["自评"]["总分"] == "100"
    text = json.dumps(document)
    assert "." not in [c for u in document["单位"] for g in u["指标"] for c in g["分值"]]
    assert "NaN" not in text


def test_json_of_an_invalid_file_is_still_valid(tmp_path: Path) -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/check.schema.json").read_text("utf-8"))
    bad = tmp_path / "坏.yaml"
    bad.write_text("规则: zhanjiang/2025\n单位: 甲\n事实:\n  预算调济额: 0 元\n", "utf-8")
    result = run("check", str(bad), "--format", "json")
    assert result.returncode == 2
    document = json.loads(result.stdout)
    jsonschema.validate(document, schema)
    assert document["单位"][0]["发现"][0]["代码"] == "ZJ5010"
    assert "预算调剂额" in document["单位"][0]["发现"][0]["帮助"]


def test_explain_one_indicator_only() -> None:
    result = run("explain", REAL, "预算编制约束性")
    assert "预算编制约束性" in result.stdout
    assert "满意度" not in result.stdout


def test_two_values_for_one_fact_show_both(tmp_path: Path) -> None:
    one, two = tmp_path / "a.yaml", tmp_path / "b.yaml"
    one.write_text("规则: zhanjiang/2025\n单位: 甲\n事实:\n  基本支出: 1 元\n", "utf-8")
    two.write_text("事实:\n  基本支出: 2 元\n", "utf-8")
    result = run("check", str(one), "--with", str(two))
    assert result.returncode == 2
    assert "ZJ5017" in result.stderr
    assert "a.yaml" in result.stderr
    assert "b.yaml" in result.stderr


def test_new_writes_a_file_that_check_reads_and_does_not_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "空表.yaml"
    assert run("new", str(path), "--rules", "zhanjiang/2025").returncode == 0
    text = path.read_text("utf-8")
    assert "年初预算数：金额（元） > 0 元" in text
    assert "用于：预算编制约束性" in text
    assert run("new", str(path), "--rules", "zhanjiang/2025").returncode == 3
    assert path.read_text("utf-8") == text
    result = run("check", str(path), "--brief")
    assert result.returncode == 1
    assert "总分 0.00 至 100.00" in result.stdout


def test_wrong_usage_is_3_and_invalid_files_are_2(tmp_path: Path) -> None:
    assert run("chekc").returncode == 3
    assert "是不是「check」" in run("chekc").stderr
    assert run("check").returncode == 3
    assert run("check", REAL, "--format", "yaml").returncode == 3
    assert run("explain", REAL, "预算编制约束").returncode == 3
    missing = run("check", str(tmp_path / "没有.yaml"))
    assert missing.returncode == 2
    assert "没有这个文件" in missing.stderr
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("单位: 某局".encode("gbk"))
    result = run("check", str(gbk))
    assert result.returncode == 2
    assert "GBK" in result.stderr


def test_markup_in_user_text_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("规则: zhanjiang/2025\n单位: '[red]局[/red]'\n事实:\n  '[bold]甲[/bold]': 1 元\n", "utf-8")
    result = run("check", str(path))
    assert "[bold]甲[/bold]" in result.stderr


def test_rules_and_test_commands() -> None:
    assert "zhanjiang/2025" in run("rules").stdout
    result = run("test", "zhanjiang/2025")
    assert result.returncode == 0, result.stdout
    assert "不符" not in result.stdout


def _on_gbk(*args: str, cwd: Path, code: int = 0) -> str:
    """Run a command as on a GBK console without UTF-8 mode; return what it prints."""
    command = [sys.executable, "-m", "zjrules.cli.main", *args]
    env = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    result = subprocess.run(command, capture_output=True, cwd=cwd, env=env, check=False)
    assert result.returncode == code, result.stderr.decode("gbk")
    return (result.stdout + result.stderr).decode("gbk")


def test_every_command_works_on_a_gbk_console(tmp_path: Path) -> None:
    assert "预算编制约束性" in _on_gbk("check", str(ROOT / REAL), cwd=tmp_path, code=1)
    assert "60%" in _on_gbk("explain", str(ROOT / REAL), "预算编制约束性", cwd=tmp_path, code=1)
    assert "湛江" in _on_gbk("rules", cwd=tmp_path)
    assert "相符" in _on_gbk("test", "zhanjiang/2025", "--cases", str(ROOT / "cases"), cwd=tmp_path)
    assert "单位不同" in _on_gbk("help", "ZJ3001", cwd=tmp_path)
    assert "没有这个文件" in _on_gbk("check", "没有.yaml", cwd=tmp_path, code=2)
    assert json.loads(_on_gbk("check", str(ROOT / REAL), "--format", "json", cwd=tmp_path, code=1))


def test_files_are_utf_8_whatever_the_console_and_keep_what_gbk_lacks(tmp_path: Path) -> None:
    _on_gbk("new", "某局 二〇二五.yaml", "--rules", "zhanjiang\\2025", cwd=tmp_path)
    path = tmp_path / "某局 二〇二五.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("单位:", "单位: 㛃局🙂  #", 1), "utf-8", newline="\r\n")
    assert "\\U0001f642" in _on_gbk("check", path.name, "--brief", cwd=tmp_path, code=1)
    rule = tmp_path / "规则.zj"
    rule.write_text("事实 甲:金额>=0元 # 注🙂\n", "utf-8", newline="\r\n")
    _on_gbk("fmt", rule.name, cwd=tmp_path)
    assert rule.read_bytes().decode("utf-8") == "事实 甲 : 金额 ≥ 0 元  # 注🙂\n"


def test_fmt_looks_shows_and_writes(tmp_path: Path) -> None:
    rough = tmp_path / "规则.zj"
    rough.write_text("事实 甲:金额>=0元 # 注\n", "utf-8")
    (tmp_path / "坏.zj").write_text("指标 一 4 分\n  得分 (满分\n", "utf-8")
    looked = run("fmt", "--check", "规则.zj", cwd=tmp_path)
    assert (looked.returncode, looked.stdout) == (1, "要改  规则.zj\n")
    shown = run("fmt", "--diff", "规则.zj", cwd=tmp_path)
    assert "+事实 甲 : 金额 ≥ 0 元  # 注" in shown.stdout
    assert rough.read_text("utf-8").startswith("事实 甲:金额")
    both = run("fmt", cwd=tmp_path)
    assert both.returncode == 2, "one file has an error and stays as it is, the other is written"
    assert rough.read_text("utf-8") == "事实 甲 : 金额 ≥ 0 元  # 注\n"
    assert (tmp_path / "坏.zj").read_text("utf-8") == "指标 一 4 分\n  得分 (满分\n"
    assert run("fmt", "规则.zj", cwd=tmp_path).stderr == "1 个文件，都合格\n"
