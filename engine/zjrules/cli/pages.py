"""Help pages with Chinese headings, for click's own classes, which know no other language."""

from __future__ import annotations

import os
from pathlib import Path

import click

from zjrules.inout import store

_OPTION_HELP = {"Show this message and exit.": "看这份用法", "Show the version and exit.": "看版本"}
_PIECES = {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]…"}


def _usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    pieces = [_PIECES.get(p, p) for p in command.collect_usage_pieces(ctx)]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")


def _options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    records = [
        r for p in command.get_params(ctx) if isinstance(p, click.Option) and (r := p.get_help_record(ctx)) is not None
    ]
    with formatter.section("选项"):
        formatter.write_dl([(name, _OPTION_HELP.get(text, text)) for name, text in records])


def _without_cache(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        os.environ[store.OFF] = "1"


no_cache = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_without_cache,
    help="不用缓存：规则重新读、重新查，也不留下缓存",
)
"""The option that turns the cache off; every command that reads rule sets has it."""


mapping = click.option(
    "--map",
    "mapping",
    metavar="映射.yaml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="FACTS 是本单位自己的工作簿，这份映射说哪一格是哪项事实（zjrules map 做一份）",
)
"""The option that names a mapping; every command that takes a unit's workbook has it."""

further = click.option(
    "--with",
    "further",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="同一单位的另一份事实文件，如复核人写的",
)
"""The option that names further fact files of the same unit."""

all_units = click.option(
    "--全体", "--all-units", "whole", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="DIR 里是全体单位的文件：名次、同级平均按它们算",
)  # fmt: skip
"""The option that names the folder of all units; every command about one unit that is compared with others has it."""

sum_up = click.option(
    "--汇总", "--sum-up", "under", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="FACTS 是一个部门，DIR 里是下属单位的文件：金额和个数相加，明细合并",
)  # fmt: skip
"""The option that names the folder of a department's units."""


class Command(click.Command):
    """A command with a Chinese help page."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _options(self, ctx, formatter)


class Group(click.Group):
    """A group with a Chinese help page."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        _options(self, ctx, formatter)
        commands = [(n, self.get_command(ctx, n)) for n in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl([(n, c.get_short_help_str(80)) for n, c in commands if c is not None])
