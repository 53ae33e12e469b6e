"""zjrules lsp: the language server of rule files."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import click

from zjrules.cli import pages, say
from zjrules.diag import Code, Diagnostic

NO_SERVER = Code("ZJ1070", "editor-libraries-missing")
LIBRARIES = ("pygls", "pypinyin")


@click.command(cls=pages.Command, short_help="给编辑器用的语言服务：边写边查、补全、跳转、改名")
def command() -> int:
    """规则文件的语言服务（LSP），由编辑器启动，经标准输入输出说话；人不用直接运行。

    边写边查并给出改法、悬停说明、补全（中文和拼音）、跳到声明、找用处、改名。没有保存的改动也算在内。

    \b
    zjrules lsp

    退出码：0 编辑器正常关闭；1 编辑器没有打招呼就走了；2 没有装 zjrules[editor]。
    """
    absent = [name for name in LIBRARIES if find_spec(name) is None]
    if absent:
        message = f"语言服务要用 {'、'.join(absent)}，这台机器没有装"
        help_ = "装上它再来：pip install 'zjrules[editor]'"
        say.diagnostics([Diagnostic(NO_SERVER, message, (), help_)], say.console(sys.stderr))
        return 2
    from zjrules.lsp.server import serve

    serve()
    return 0
