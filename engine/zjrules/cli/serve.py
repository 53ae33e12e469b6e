"""zjrules serve: the same in a browser, on this machine."""

from __future__ import annotations

import contextlib
import sys
import threading
import webbrowser

import click

from zjrules.cli import pages

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(cls=pages.Command, short_help="在浏览器里用：选规则、传数据表、看得分和解释、下载三份材料")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="端口",
    default=8420,
    help="在哪个端口上听，默认 8420；0 是随便一个空着的",
)
@click.option("--host", metavar="地址", default="127.0.0.1", help="在哪个地址上听；默认 127.0.0.1，只有这台机器能用")
@click.option("--name", "names", multiple=True, metavar="主机名", help="和 --host 一起：别人用这个名字打开，可以写几次")
@click.option("--open", "open_", is_flag=True, help="开好以后打开浏览器")
@pages.no_cache
def command(port: int, host: str, names: tuple[str, ...], open_: bool) -> int:
    """在浏览器里用：选规则，下载数据表，填好传上来，看发现、得分、逐项解释，试改几个数，下载评分表、数据表、自评报告和凭证。

    \b
    zjrules serve --open
    zjrules serve --port 9000

    只有这台机器能打开。传上来的只在内存里，不存盘，两小时不看就没有了。按 Ctrl-C 结束。
    """
    try:
        from zjrules.web.server import listening, serve
        from zjrules.web.settings import Settings
    except ImportError as missing:
        raise click.UsageError(f"在浏览器里用要另装一个部件（{missing.name}）：安装时写 zjrules[web]") from missing
    try:
        listener = listening(host, port)
    except OSError as error:
        raise click.UsageError(_why(error, host, port)) from error
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/"
    if host not in LOOPBACK:
        click.echo("注意：别的机器也能打开这个地址，传的数据在网络上不加密，谁都能用。只在可信的内网里这样开", err=True)

    def ready() -> None:
        click.echo(f"已开：{address}　按 Ctrl-C 结束")
        sys.stdout.flush()
        if open_:
            # Aside: a browser of the terminal would keep the server from answering it.
            threading.Thread(target=_opened, args=(address,), daemon=True).start()

    # The interrupt that ends the server is given on when it has ended.
    with contextlib.suppress(KeyboardInterrupt):
        serve(Settings(host=host, port=port, hosts=frozenset(n.lower() for n in names)), listener, ready)
    click.echo("已结束")
    return 0


def _opened(address: str) -> None:
    if not webbrowser.open(address):
        click.echo("打不开浏览器，请自己在浏览器里输入这个地址", err=True)


def _why(error: OSError, host: str, port: int) -> str:
    import errno

    if error.errno in (errno.EADDRINUSE, 10048):
        return f"端口 {port} 已经有程序在用，也许这个服务已经开着：在浏览器里看 http://{host}:{port}/，或换一个，如 --port {port % 65535 + 1}"
    if error.errno in (errno.EACCES, 10013):
        return f"没有权限用端口 {port}，换一个 1024 以上的，如 --port 8420"
    return f"不能在「{host}」上听：{error.strerror or '没有这个地址'}；只给自己用就不写 --host"
