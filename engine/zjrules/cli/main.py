"""The ``zjrules`` command. Commands are files of this package that define ``command``, imported when they are called."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from zjrules import cli
from zjrules.cli import pages
from zjrules.diag import OUR_BUG

NOT_COMMANDS = frozenset(
    {
        "main",
        "pages",
        "say",
        "sparking",
        "sweeping",
        "table",
        "machine",
        "outcome",
        "writing",
        "covering",
        "mutating",
        "given",
        "auditing",
        "forms",
        "margins",
        "batching",
        "impact",
        "impact_shown",
        "inbatch",
        "told",
        "certifying",
        "proving",
        "corrections",
        "signing",
        "differing",
        "tallying",
        "watching",
        "watch_shown",
    }
)
USAGE = 3
"""Exit code for wrong usage (click's own is 2, which here means an invalid file)."""


class Commands(pages.Group):
    """Finds commands by file name and asks for none before it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        names = (path.stem for folder in cli.__path__ for path in Path(folder).glob("*.py"))
        return sorted(name for name in names if name not in NOT_COMMANDS and not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, None when there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"zjrules.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say the likely command for a misspelt one."""
        name = args[0]
        if self.get_command(ctx, name) is None:
            from zjrules.spelling import nearest

            likely = nearest(name, self.list_commands(ctx))
            help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(self.list_commands(ctx))}"
            raise click.UsageError(f"没有「{name}」这个命令，{help_}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="zjrules", message="zjrules %(version)s")
def group() -> None:
    """部门整体绩效自评：规则用中文写，得分逐分可查。

    \b
    先看一眼：  zjrules check cases/zhanjiang-2025/01-real-report.yaml
    填一份空表：zjrules new 事实.yaml --rules zhanjiang/2025
    看不懂代码：zjrules help ZJ3001

    退出码：0 没有问题；1 事实或规则有要处理的；2 文件读不了或不合格；3 用法不对。
    """


def main() -> None:
    """Run the command line; wrong usage ends with 3, an interrupt with 130."""
    _plain_streams()
    _one_memory()
    try:
        code = group.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        _usage(error)
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has left; there is nobody to tell.
        sys.stderr.close()
        sys.exit(0)
    except Exception as bug:  # noqa: BLE001 - whatever else goes wrong is our bug, and a user sees no traceback
        _our_bug(bug)


def _our_bug(bug: BaseException) -> None:
    """Tell of a bug of ours in one line; ZJRULES_DEBUG shows where it is."""
    if os.environ.get("ZJRULES_DEBUG"):
        raise bug
    import traceback

    where = traceback.extract_tb(bug.__traceback__)[-1]
    click.echo(
        f"错误 {OUR_BUG.number} 程序自己出了错：{type(bug).__name__}（{Path(where.filename).name}:{where.lineno}）",
        err=True,
    )
    click.echo(
        "  帮助  这不是你的文件的错。请把命令、文件和这一行发给维护者；设 ZJRULES_DEBUG=1 再运行可看详情", err=True
    )
    sys.exit(2)


def _one_memory() -> None:
    """Let Arrow take memory where all others do: its own allocator keeps 80 MB of a file after it was read.

    Arrow looks once, when it is first imported, which no command has done yet.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def _plain_streams() -> None:
    """Never fail on a console that lacks a character (GBK consoles lack some): show it as an escape instead."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


_MESSAGES = (
    ("No such option", "没有这个选项"),
    ("Missing argument", "缺参数"),
    ("Missing option", "缺选项"),
    ("requires an argument", "后面要有值"),
    ("Got unexpected extra argument", "多了参数"),
    ("is not one of", "不在可选的值之内：可选"),
    ("does not exist", "不存在"),
    ("Missing command", "没有写命令"),
    ("Invalid value for", "值不对："),
    ("is a file.", "是一个文件"),
    ("is a directory.", "是一个目录"),
    ("Directory", "目录"),
    ("File", "文件"),
    ("Path", "路径"),
)


def _usage(error: click.ClickException) -> None:
    text = error.format_message()
    for english, chinese in _MESSAGES:
        text = text.replace(english, chinese)
    click.echo(f"用法不对：{text}", err=True)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else Path(sys.argv[0]).name
    click.echo(f"看用法：{path} --help", err=True)


if __name__ == "__main__":
    main()
