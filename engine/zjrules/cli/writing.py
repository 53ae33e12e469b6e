"""Files that commands write: whole or not at all, and never over what is there unless told to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from zjrules.inout.text import write_bytes, write_secret

WHY: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个目录",
    PermissionError: "没有写的权限，或文件在别处开着",
    NotADirectoryError: "上级不是目录",
    FileExistsError: "那里已有一个文件",
}
"""What the usual errors of writing mean."""


def refuse_existing(path: Path, force: bool) -> None:
    """Raise a usage error for a file that is there already."""
    # Path.exists raises for a name that no file can have; writing says what is wrong with it.
    if not force and os.path.exists(path):  # noqa: PTH110
        raise click.UsageError(f"「{path}」已经有了；换个名称，或加 --force 覆盖它")


def save(path: Path, data: bytes, force: bool) -> int:
    """Write a file and return 0, or say why it cannot be written and return 2."""
    refuse_existing(path, force)
    return _tried(write_bytes, path, data)


def save_secret(path: Path, data: bytes) -> int:
    """Write a new file that only its owner can read and return 0, or say why it cannot be written and return 2."""
    return _tried(write_secret, path, data)


def _tried(write: Callable[[Path, bytes], None], path: Path, data: bytes) -> int:
    try:
        write(path, data)
    except OSError as error:
        click.echo(f"写不了「{path}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    return 0
