"""LibreOffice and pdftotext, where they are installed: what people would see of the files that we write."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest


def converted(files: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """Let LibreOffice load files, which works out their formulas, and save them in another format into folder/out."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice (LibreOffice) is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", to, "--outdir", str(folder / "out"), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    made = [folder / "out" / f"{path.stem}.{to}" for path in files]
    assert all(path.is_file() for path in made), "LibreOffice could not load what we wrote"
    return made


def text_of(pdf: Path) -> str:
    """Return the text layer of a PDF, its pages ended by form feeds."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return subprocess.run([reader, "-layout", str(pdf), "-"], check=True, capture_output=True).stdout.decode("utf-8")
