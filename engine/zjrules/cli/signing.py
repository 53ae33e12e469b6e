"""Keys on the command line: reading them, asking for a passphrase, signing and saying whose signature it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout.text import UNREADABLE
from zjrules.span import Source, Span

NOT_INSTALLED = Code("ZJ6073", "signing-not-installed")
NOT_SIGNED = Code("ZJ6072", "certificate-not-signed")

UNUSABLE = frozenset({UNREADABLE.number, NOT_INSTALLED.number, "ZJ6074"})
"""Codes of a key that cannot be used, which is no finding of a certificate."""
MOST_BYTES = 100_000
"""A key in PEM has a few hundred bytes."""
Sign = Callable[[str], dict[str, str]]
"""Signs a digest, now."""
OPEN = "没有核对这把公钥是谁的：向签的单位要公钥文件，加 --key 公钥.pem"


def not_installed() -> Diagnostics:
    """Return how to install what signs."""
    help_ = (
        'pip install "zjrules[sign]"；不上网的机器在装 zjrules 的文件夹里运行 '
        'python -m pip install --no-index --find-links wheels "zjrules[sign]"'
    )
    return (Diagnostic(NOT_INSTALLED, "签名和核对签名要另装一个部件（cryptography）", (), help_),)


def read(path: Path) -> tuple[bytes | None, Diagnostics]:
    """Read a key file."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES), ()
    except OSError as error:
        why = {FileNotFoundError: "没有这个文件", IsADirectoryError: "这是一个目录", PermissionError: "没有读取的权限"}
        here = (Label(Span(Source(path.as_posix(), ""), 0, 0)),)
        reason = why.get(type(error), error.strerror or "读不出来")
        return None, (Diagnostic(UNREADABLE, f"读不了「{path}」：{reason}", here, "核对路径"),)


def asked(prompt: str, twice: bool = False) -> str:
    """Ask for a passphrase, without showing it; where nobody can be asked, it is the first line of standard input."""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            return ""
    text = _hidden(prompt)
    if twice and _hidden("再输一次") != text:
        raise click.UsageError("两次输的口令不同")
    return text


def _hidden(prompt: str) -> str:
    text: str = click.prompt(prompt, hide_input=True, prompt_suffix="：", err=True)
    return text


def signer(path: Path) -> tuple[Sign | None, Diagnostics]:
    """Return what signs with the private key in a file, asking for its passphrase where it has one."""
    try:
        from zjrules import signature
    except ImportError:
        return None, not_installed()
    data, problems = read(path)
    if data is None:
        return None, problems
    passphrase = asked(f"私钥「{path}」的口令") if signature.is_locked(data) else None
    key, problems = signature.private_key(data, path.as_posix(), passphrase)
    if key is None:
        return None, problems

    def sign(sha256: str) -> dict[str, str]:
        return signature.signed(key, sha256, datetime.now().astimezone().isoformat(timespec="seconds"))

    return sign, ()


def said(document: dict[str, Any], path: Path, key: Path | None) -> tuple[list[str], Diagnostics]:
    """Return what is to be said of a certificate's signature, and what is wrong with it; the digest must hold already."""
    entry = document.get("签名")
    if entry is None:
        if key is None:
            return [], ()
        here = (Label(Span(Source(path.as_posix(), ""), 0, 0)),)
        help_ = "请出凭证的单位用 zjrules check … --certificate 凭证.json --sign 私钥.pem 再出一份"
        return [], (Diagnostic(NOT_SIGNED, f"凭证「{path}」没有签名", here, help_),)
    try:
        from zjrules import signature
    except ImportError:
        if key is not None:
            return [], not_installed()
        return ['有签名，没有核对：要先安装，pip install "zjrules[sign]"'], ()
    seal, wrong = signature.checked(entry, document["摘要"]["sha256"], path.as_posix())
    if seal is None:
        return [], wrong
    lines = [f"签名成立：{signature.ALGORITHM}，{seal.time} 签（签的人的电脑上的时间）"]
    lines.append(f"公钥指纹 {signature.fingerprint(seal.key)}")
    if key is None:
        return [*lines, OPEN], ()
    data, problems = read(key)
    public, more = signature.public_key(data, key.as_posix()) if data is not None else (None, ())
    wrong = (*problems, *more) if public is None else signature.by(seal, public, key.as_posix())
    return [*lines, f"与「{key}」是同一把钥匙"], wrong
