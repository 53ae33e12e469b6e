"""zjrules new: an empty fact file, or a new year of a rule set."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.writing import WHY, save
from zjrules.inout.blank import blank
from zjrules.inout.text import write_bytes
from zjrules.project import find, load, rule_sets, shown

_ID = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+")


@click.command(cls=pages.Command, short_help="写一份空的事实文件；或把一年的规则整本复制成新的一年")
@click.argument("path", metavar="FACTS.yaml|RULES", type=click.Path(path_type=Path))
@click.option("--rules", "rules", metavar="RULES", help="空的事实文件：按哪一本规则，如 zhanjiang/2025")
@click.option("--from", "base", metavar="RULES", help="新的一年：从哪一本复制，如 zhanjiang/2025")
@click.option("--year", type=click.IntRange(1900, 2999), help="新的一年：评价年度，默认看编号，如 zhanjiang/2026")
@click.option("--basis", metavar="TEXT", help="新的一年：依据的文件，如 《湛财绩〔2026〕3号》；不写就留待填写")
@click.option("--force", is_flag=True, help="事实文件已有也覆盖")
@pages.no_cache
def command(path: Path, rules: str | None, base: str | None, year: int | None, basis: str | None, force: bool) -> int:
    """写一份空的、带说明的事实文件：每项事实的类型、单位、要的佐证、用在哪个指标。写「-」就打印出来。

    写 --from 就是新的一年：整本复制，换上新的评价年度和依据，列出还写着旧年份的地方，逐处去看。

    \b
    zjrules new 某局.yaml --rules zhanjiang/2025
    zjrules new zhanjiang/2026 --from zhanjiang/2025 --basis 《湛财绩〔2026〕3号》

    退出码：0 写好了；2 规则有错误，或文件写不了；3 用法不对。
    """
    if (rules is None) == (base is None):
        raise click.UsageError("写 --rules（空的事实文件）或 --from（新的一年），其中一个")
    if rules is not None:
        return _facts(path, rules, force)
    assert base is not None
    return _year(path.as_posix(), base, year, basis)


def _facts(path: Path, rules: str, force: bool) -> int:
    found, problems = load(rules)
    if found is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    text = blank(found.program, rules, found.title)
    if str(path) == "-":
        click.echo(text, nl=False)
        return 0
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise click.UsageError(f"「{path}」不是事实文件的名称，要以 .yaml 结尾；要工作簿用 zjrules template")
    if save(path, text.encode(), force):
        return 2
    count = len(found.program.schema.facts), len(found.program.schema.ledgers)
    click.echo(f"已写 {path}：{count[0]} 项事实，{count[1]} 张明细。填好后运行 zjrules check {path}")
    return 0


# ---------- a new year ----------


def _year(name: str, base: str, year: int | None, basis: str | None) -> int:
    from zjrules.bookshelf import gathered
    from zjrules.reissue import BESIDE, reissued

    folder = _folder(name)
    said = re.match(r"\d{4}", name.rpartition("/")[2])
    if year is None and said is None:
        raise click.UsageError(f"从「{name}」看不出评价年度，用 --year 写明")
    new = year if year is not None else int(said[0]) if said is not None else 0
    texts, problems = gathered(base)
    made, wrong = (
        reissued(texts, new, basis or f"（待填：{new} 年度的通知和文号）") if texts is not None else (None, ())
    )
    if texts is None or made is None:
        say.diagnostics((*problems, *wrong), say.console(sys.stderr))
        return 2
    old = texts.path if texts.path.is_dir() else texts.path.parent
    files = {n: text.encode() for n, text in made.texts.items()}
    files |= {n: (old / n).read_bytes() for n in BESIDE if (old / n).is_file()}
    if _written(folder, files):
        return 2
    click.echo(f"已写 {shown(folder)}：{'、'.join(files)}")
    click.echo(f"评价年度 {new}；依据 {basis or '待填，见 0-book.zj'}；其余和 {base} 一样")
    if made.left:
        click.echo(f"还写着旧年份的 {len(made.left)} 行，逐行看要不要改：")
    for mention in made.left:
        click.echo(f"  {shown(folder)}/{mention.file}:{mention.line}: {mention.text}")
    click.echo(
        f"接着：改规则，zjrules lint {name}，zjrules test {name}；和旧的比：zjrules prove {name} --same-as {base}"
    )
    return 0


def _folder(name: str) -> Path:
    """Return where a new rule set goes: the nearest rules/ upward, else one here. Raises a usage error for an odd name."""
    if not _ID.fullmatch(name) or ".." in name:
        raise click.UsageError(f"「{name}」不像规则集的编号，写成 发布者/年度，如 zhanjiang/2026")
    if name in rule_sets() or find(name)[0] is not None:
        raise click.UsageError(f"已经有「{name}」这本规则了；换一个编号，或先移走它")
    here = Path.cwd()
    root = next((p / "rules" for p in (here, *here.parents) if (p / "rules").is_dir()), here / "rules")
    folder = root / name
    if folder.exists():
        raise click.UsageError(f"「{shown(folder)}」已经有了；换一个编号，或先移走它")
    return folder


def _written(folder: Path, files: dict[str, bytes]) -> int:
    """Write a folder whole or not at all."""
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".zjrules-"))
        aside.chmod(0o755)
        for name, data in files.items():
            write_bytes(aside / name, data)
        aside.replace(folder)
    except OSError as error:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        click.echo(f"写不了「{shown(folder)}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    return 0
