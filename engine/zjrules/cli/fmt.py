"""zjrules fmt: rule files in their canonical form."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from zjrules.canonical import format_file, format_text
from zjrules.cli import pages, say
from zjrules.inout.text import write_text
from zjrules.project import rule_files, shown

_COLOUR = {"+": "green", "-": "red", "@": "cyan"}


@click.command(cls=pages.Command, short_help="把规则文件排成统一的样子")
@click.argument("paths", metavar="[PATH]…", nargs=-1)
@click.option("--check", "check", is_flag=True, help="只看不改；有要改的退出码为 1")
@click.option("--diff", "diff", is_flag=True, help="只看不改，并列出要改的行")
@pages.no_cache
def command(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """把规则文件（.zj）排成统一的样子：意思不变，注释不动，表格对齐。

    PATH 是文件、目录或规则集编号，不写就是当前目录；写「-」从标准输入读、往标准输出写。
    有错误的文件不动，只报错误。

    \b
    zjrules fmt rules/zhanjiang/2025
    zjrules fmt --diff zhanjiang/2025
    """
    if paths == ("-",):
        return _stream()
    out, err = say.console(), say.console(sys.stderr)
    files, wrong = rule_files(paths or (".",))
    say.diagnostics(wrong, err)
    changed = broken = 0
    for path in files:
        text, new, problems = format_file(path, shown(path))
        if new is None:
            broken += 1
            say.diagnostics([p for p in problems if p.is_error], err)
        elif new != text:
            changed += 1
            if diff:
                _show(text, new, shown(path), out)
            elif check:
                out.print(Text(f"要改  {shown(path)}"))
            elif not _write(path, new, out, err):
                broken += 1
    _sum_up(len(files), changed, broken, check or diff, err)
    if wrong or broken:
        return 2
    return 1 if changed and (check or diff) else 0


def _stream() -> int:
    new, problems = format_text("（标准输入）", sys.stdin.read())
    if new is None:
        say.diagnostics([p for p in problems if p.is_error], say.console(sys.stderr))
        return 2
    sys.stdout.write(new)
    return 0


def _write(path: Path, text: str, out: Console, err: Console) -> bool:
    try:
        write_text(path, text)
    except OSError as error:
        err.print(Text(f"写不了 {shown(path)}：{error.strerror}", "red"))
        return False
    out.print(Text(f"已改  {shown(path)}"))
    return True


def _show(old: str, new: str, name: str, out: Console) -> None:
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm="", n=2):
        out.print(Text(line, _COLOUR.get(line[:1], "")), soft_wrap=True)


def _sum_up(count: int, changed: int, broken: int, only_looked: bool, err: Console) -> None:
    parts = [f"{count} 个文件"]
    if changed:
        parts.append(f"{changed} 个{'要改' if only_looked else '已改'}")
    if broken:
        parts.append(f"{broken} 个没有处理")
    if not changed and not broken:
        parts.append("都合格" if count else "没有可排的")
    err.print(Text("，".join(parts)))
