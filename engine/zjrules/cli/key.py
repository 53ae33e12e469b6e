"""zjrules key: a pair of keys, one to sign certificates with and one to give to those who check them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from zjrules.cli import pages, say, signing, writing
from zjrules.diag import Diagnostics


@click.command(cls=pages.Command, short_help="做一对签名用的钥匙；看一把钥匙的指纹")
@click.argument("private", metavar="私钥.pem", type=click.Path(path_type=Path))
@click.argument("public", metavar="[公钥.pem]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--passphrase", "passphrase", is_flag=True, help="给私钥加口令，每次签名要输；不在终端上时读标准输入的第一行"
)
@click.option("--fingerprint", "look", is_flag=True, help="不做新的，只看一个密钥文件的指纹")
def command(private: Path, public: Path | None, passphrase: bool, look: bool) -> int:
    """做一对钥匙（Ed25519）：私钥用来签评分凭证，只留在签的人手里；公钥交给要核对的人。

    \b
    zjrules key 私钥.pem 公钥.pem --passphrase
    zjrules check 某局.yaml --certificate 凭证.json --sign 私钥.pem
    zjrules verify 凭证.json --key 公钥.pem
    zjrules key 公钥.pem --fingerprint

    把公钥文件交给审计、财政时，指纹另外当面或在电话里核对一遍。已有的文件从不覆盖；私钥丢了、漏了，另做一对，并告诉拿着公钥的人。

    退出码：0 做好了；2 文件读不了、写不了或不是这种密钥；3 用法不对。
    """
    try:
        from zjrules import signature
    except ImportError:
        return _refused(signing.not_installed())
    if look:
        if public is not None or passphrase:
            raise click.UsageError("--fingerprint 只看一个文件")
        return _look(private)
    if public is None:
        raise click.UsageError("要写两个文件名：私钥、公钥")
    for path in (private, public):
        if os.path.lexists(path):
            raise click.UsageError(f"「{path}」已经有了；钥匙从不覆盖，换个名称")
    if private.resolve() == public.resolve():
        raise click.UsageError("私钥、公钥是两个文件，名称要不同")
    secret = signing.asked("口令", twice=True) if passphrase else None
    if secret is not None and not 0 < len(secret.encode(errors="replace")) <= signature.LONGEST:
        raise click.UsageError("口令是空的，或太长")
    return _made(private, public, secret)


def _made(private: Path, public: Path, secret: str | None) -> int:
    from zjrules import signature

    key = signature.new_key()
    if writing.save_secret(private, signature.private_pem(key, secret)):
        return 2
    if writing.save(public, signature.public_pem(key.public_key()), force=False):
        private.unlink()
        return 2
    click.echo(f"私钥 {private}：只留在自己手里，不要发给别人" + ("" if secret else "；没有口令，谁拿到都能用"))
    click.echo(f"公钥 {public}：交给要核对的人")
    click.echo(f"公钥指纹 {signature.fingerprint(key.public_key())}")
    return 0


def _look(path: Path) -> int:
    from zjrules import signature

    data, problems = signing.read(path)
    if data is None:
        return _refused(problems)
    name = path.as_posix()
    if signature.is_private(data):
        passphrase = signing.asked(f"私钥「{path}」的口令") if signature.is_locked(data) else None
        key, problems = signature.private_key(data, name, passphrase)
        public = key.public_key() if key is not None else None
    else:
        public, problems = signature.public_key(data, name)
    if public is None:
        return _refused(problems)
    click.echo(f"公钥指纹 {signature.fingerprint(public)}")
    return 0


def _refused(problems: Diagnostics) -> int:
    say.diagnostics(problems, say.console(sys.stderr))
    return 2
