"""zjrules help: what a diagnostic means and what to do."""

from __future__ import annotations

import re
import textwrap
from importlib import resources

import click

from zjrules.cli.pages import Command
from zjrules.inout.asset import standard
from zjrules.lint.discover import pages
from zjrules.spelling import nearest

_WORD = re.compile(r"^定词 (\S+)", re.MULTILINE)
_HEADING = re.compile(r"^## (ZJ\d{4}) (\S+)(.*)$", re.MULTILINE)


def entries() -> dict[str, tuple[str, str, str]]:
    """Return every documented code: its kebab name, its title and its text."""
    found: dict[str, tuple[str, str, str]] = {}
    folder = resources.files("zjrules") / "help"
    for page in sorted(folder.iterdir(), key=lambda p: p.name):
        if not page.name.endswith(".md"):
            continue
        text = page.read_text("utf-8")
        heads = list(_HEADING.finditer(text))
        for head, after in zip(heads, [*heads[1:], None], strict=True):
            body = text[head.end() : after.start() if after else len(text)].strip()
            found[head[1]] = head[2], head[3].strip(), body
    return dict(sorted((found | pages()).items()))


def words() -> dict[str, str]:
    """Return the text of every standard word, by its name."""
    texts = [path.read_text("utf-8") for path in standard()]
    return {name: text for text in texts for name in _WORD.findall(text)}


def topics() -> dict[str, str]:
    """Return the text of every topic, by its name."""
    folder = resources.files("zjrules") / "help" / "topics"
    pages_ = sorted((p for p in folder.iterdir() if p.name.endswith(".md")), key=lambda p: p.name)
    return {p.name.removesuffix(".md"): p.read_text("utf-8") for p in pages_}


@click.command(cls=Command, short_help="解释一个代码、一个标准的词或一件事")
@click.argument("code", required=False, metavar="[CODE|词|题目]")
def command(code: str | None) -> int:
    """解释诊断代码，标准的词（说明、输入、举例），或一件事（批量）；都不写就列出全部。

    \b
    zjrules help ZJ3001
    zjrules help mixed-units
    zjrules help 每超
    zjrules help 批量
    """
    known, defined = entries(), words() | topics()
    if code is None:
        for each, (name, title, _) in known.items():
            click.echo(f"{each}  {title}  （{name}）")
        for text in defined.values():
            click.echo(text.partition("\n")[0].removeprefix("# "))
        return 0
    if code in defined:
        click.echo(defined[code], nl=False)
        return 0
    wanted = code.upper()
    by_name = next((n for n, e in known.items() if e[0] == code.lower()), None)
    number = wanted if wanted in known else by_name
    if number is None:
        likely = nearest(wanted, known) or nearest(code, defined)
        raise click.UsageError(
            f"没有代码或词「{code}」{f'，是不是「{likely}」？' if likely else ''}；zjrules help 列出全部"
        )
    name, title, body = known[number]
    click.echo(f"{number} {title}（{name}）\n")
    click.echo(textwrap.dedent(body))
    return 0
