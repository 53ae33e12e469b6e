"""Certificates of scored units: what check writes and verify compares with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from zjrules import attest, verifier
from zjrules.appraisal import Outcome, calendar_for
from zjrules.certificate import document
from zjrules.cli import signing, writing
from zjrules.diag import Diagnostics
from zjrules.project import Scored


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def certified(scored: Scored, files: Sequence[Path], corrects: str | None, engine: str = "") -> dict[str, Any]:
    """Return the certificate of a scored unit; files are those that its facts were read from."""
    digests = {path.name: digest_of(path) for path in files}
    return attest.certified(scored, digests, calendar_for(scored.rules)[0], corrects, engine)


@frozen
class Order:
    """Where a certificate is to be written, the digest of the one that it corrects, and what signs it."""

    path: Path
    corrects: str | None
    sign: signing.Sign | None
    force: bool


def ordered(path: Path, corrects: Path | None, key: Path | None, force: bool) -> tuple[Order | None, Diagnostics]:
    """Look, before any work, at all that a certificate needs; a usage error where something is in the way."""
    writing.refuse_existing(path, force)
    old = None if corrects is None else digest_in(corrects)
    sign, problems = signing.signer(key) if key is not None else (None, ())
    return (None if problems else Order(path, old, sign, force)), problems


def write(order: Order, results: Sequence[Outcome], units: int, files: Sequence[Path]) -> int:
    """Write the certificate of the first unit; return 0, or 2 when there is none to write."""
    if len(results) != units:
        raise click.UsageError("--certificate 只给一个单位、一本规则出凭证：用 --rules 指定一本")
    scored, _ = results[0]
    if scored is None:
        return 2
    try:
        made = certified(scored, files, order.corrects)
        if order.sign is not None:
            made["签名"] = order.sign(made["摘要"]["sha256"])
        data = document.text(made)
    except verifier.Refused:
        data = b""
    if not 0 < len(data) <= verifier.MOST_BYTES:
        click.echo("出不了凭证：明细太多，核对器读不了这么大的一份", err=True)
        return 2
    return writing.save(order.path, data, order.force)


def digest_in(path: Path) -> str:
    """Return the digest of a certificate that is to be corrected; a usage error when it is none that holds."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"读不了要更正的凭证「{path}」：{error.strerror}") from error
    code, message = verifier.verdict(data)
    if code:
        raise click.UsageError(f"要更正的凭证「{path}」{message}")
    digest = json.loads(data)["摘要"]["sha256"]
    assert isinstance(digest, str)
    return digest
