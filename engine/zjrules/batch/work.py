"""The folder beside the output in which scored blocks are kept until all are there: what makes a run resumable.

A block is one file that is written whole or not at all, with the digest of its contents in its name. What the run is (rules,
engine, inputs, options) stands in a manifest; a block is used again only under the same manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from attrs import define, field, frozen

from zjrules.inout.table.rejects import SCHEMA
from zjrules.inout.text import write_bytes, write_text

MANIFEST = "清单.json"
_BLOCK = re.compile(r"(\d{6,})-([0-9a-f]{64})\.块")
Identity = Mapping[str, Any]
"""What a run is, as JSON."""


@frozen(eq=False)
class Block:
    """One scored block: its compact table, what was said of rows, and a note of the caller's."""

    scores: pl.DataFrame
    said: pl.DataFrame
    note: bytes = b""

    def packed(self) -> bytes:
        """Return the block as bytes: three lengths, then the parts."""
        parts = [_bytes(self.scores), _bytes(self.said), self.note]
        return b"".join([*(len(p).to_bytes(8, "big") for p in parts), *parts])


def _bytes(table: pl.DataFrame) -> bytes:
    found = io.BytesIO()
    if table.width and table.height:
        table.write_ipc(found, compression="lz4")
    return found.getvalue()


def _table(data: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(data)) if data else pl.DataFrame()


def _part(path: Path, which: int) -> bytes:
    """Return one part of a block's file: 0 the scores, 1 what was said, 2 the note."""
    with path.open("rb") as file:
        sizes = [int.from_bytes(file.read(8), "big") for _ in range(3)]
        file.seek(24 + sum(sizes[:which]))
        return file.read(sizes[which])


def folder_of(out: Path) -> Path:
    """Return the folder in which an output is worked on."""
    return out.with_name(f"{out.name}.未完")


def hold_of(out: Path) -> Path:
    """Return the file that a run holds while it works on an output."""
    return out.with_name(f"{out.name}.在算")


def left_over(out: Path) -> Identity | None:
    """Return what the run was of which blocks are left; None where there is none."""
    try:
        found = json.loads((folder_of(out) / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def differing(before: Identity, now: Identity) -> list[str]:
    """Return what is not the same in two runs."""
    return [name for name in {**before, **now} if before.get(name) != now.get(name)]


@define
class Work:
    """The work folder of one run; done has the file of every block that is there."""

    folder: Path
    done: dict[int, Path] = field(factory=dict)

    @property
    def scratch(self) -> Path:
        """A folder for what is made anew by every start."""
        return self.folder / "临时"

    def put(self, number: int, block: Block) -> None:
        """Keep a block. Raises OSError."""
        data = block.packed()
        path = self.folder / f"{number:06d}-{hashlib.sha256(data).hexdigest()}.块"
        write_bytes(path, data)
        self.done[number] = path

    def scores(self, number: int) -> pl.DataFrame:
        """Return the rows of a block as they were kept. Raises OSError."""
        return _table(_part(self.done[number], 0))

    def said(self, number: int) -> pl.DataFrame:
        """Return what was said of the rows of a block. Raises OSError."""
        found = _table(_part(self.done[number], 1))
        return found if found.width else pl.DataFrame(schema=SCHEMA)

    def note(self, number: int) -> bytes:
        """Return the caller's note of a block. Raises OSError."""
        return _part(self.done[number], 2)

    def close(self) -> None:
        """Remove the folder, the manifest first: without it what is left means nothing."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def begun(out: Path, identity: Identity, resume: bool) -> Work:
    """Return the work folder of a run: empty, or with the whole blocks that are there already. Raises OSError."""
    work = Work(folder_of(out))
    if not resume:
        work.close()
        work.folder.mkdir(parents=True)
        write_text(work.folder / MANIFEST, json.dumps(identity, ensure_ascii=False, indent=1))
    else:
        for path in sorted(work.folder.iterdir()):
            match = _BLOCK.fullmatch(path.name)
            if match and hashlib.sha256(path.read_bytes()).hexdigest() == match[2]:
                work.done[int(match[1])] = path
            elif path.is_file() and path.name != MANIFEST:
                path.unlink()
    shutil.rmtree(work.scratch, ignore_errors=True)
    work.scratch.mkdir()
    return work
