"""The extension of VS Code: what its manifest promises is there; (slow, Node) it is packaged, and looked into."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import tomllib
import zipfile
import zlib
from pathlib import Path

import pytest

from zjrules.highlight.icon import pixels, png

ROOT = Path(__file__).parent.parent
EXTENSION = ROOT / "engine" / "editors" / "vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))

node = pytest.mark.skipif(
    shutil.which("npx") is None or not (EXTENSION / "node_modules" / "@vscode" / "vsce").is_dir(),
    reason="needs node, npm and engine/editors/vscode/node_modules (npm ci)",
)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _names_of_texts() -> set[str]:
    return {text[1:-1] for text in _texts(MANIFEST) if re.fullmatch("%[^%]+%", text)}


def test_every_text_of_the_manifest_is_there_in_chinese_and_used() -> None:
    texts = json.loads((EXTENSION / "package.nls.json").read_text("utf-8"))
    assert set(texts) == _names_of_texts()
    assert all(re.search("[一-鿿]", text) for text in texts.values())


def test_it_says_how_it_is_installed_from_the_file() -> None:
    for said in ((EXTENSION / "README.md").read_text("utf-8"), (ROOT / "engine" / "INSTALL.txt").read_text("utf-8")):
        assert "从 VSIX 安装" in said and "zjrules.vsix" in said and "zjrules.path" in said
    assert f"--uninstall-extension {MANIFEST['publisher']}.{MANIFEST['name']}`" in (EXTENSION / "README.md").read_text(
        "utf-8"
    )


def test_the_files_of_the_manifest_are_there() -> None:
    parts = MANIFEST["contributes"]
    files = [g["path"] for g in parts["grammars"]] + [s["path"] for s in parts["snippets"]]
    files += [language["configuration"] for language in parts["languages"]]
    assert [f for f in files if not (EXTENSION / f).is_file()] == []


def test_the_icon_is_what_is_drawn() -> None:
    made, drawn = (EXTENSION / MANIFEST["icon"]).read_bytes(), png()
    # Width and height, then eight bits of red, green, blue and opacity. What one zlib packs, another may pack otherwise.
    assert made[16:26] == drawn[16:26] == struct.pack(">IIBB", 128, 128, 8, 6)
    assert _pixels(made) == _pixels(drawn), "write it again: make editor"
    rows = list(pixels())
    assert rows[0][:4] == bytes(4), "the corners let through what is behind"
    assert rows[80][4 * 94 : 4 * 95] == b"\xff\xff\xff\xff" and rows[44][4 * 26 : 4 * 27] == bytes([255, 200, 87, 255])


def _pixels(image: bytes) -> bytes:
    at = image.index(b"IDAT")
    return zlib.decompress(image[at + 4 : at + 4 + int.from_bytes(image[at - 4 : at], "big")])


def test_every_command_of_the_manifest_is_registered_and_no_other() -> None:
    code = (EXTENSION / "src" / "extension.js").read_text("utf-8")
    registered = set(re.findall(r'^    "(zjrules\.\w+)": \(\) =>', code, re.MULTILINE))
    assert registered == {c["command"] for c in MANIFEST["contributes"]["commands"]}


def test_it_has_the_version_of_zjrules_and_pinned_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert MANIFEST["version"] == project["version"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in MANIFEST["devDependencies"].values())
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages
    assert not [name for name, found in packages.items() if "resolved" in found]


def test_where_npm_is_not_the_rest_is_made_and_it_is_said(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    run = subprocess.run(
        [make, "dist-vsix"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0 and run.stderr == ""
    assert "没有 npm" in run.stdout and "make vsix" in run.stdout


@node
@pytest.mark.slow
def test_the_package_has_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    made = tmp_path / "zjrules.vsix"
    subprocess.run(
        ["npm", "run", "--silent", "package", "--", "--out", made], cwd=EXTENSION, check=True, capture_output=True,
        timeout=300,
    )  # fmt: skip
    with zipfile.ZipFile(made) as archive:
        names = {n.removeprefix("extension/") for n in archive.namelist() if n.startswith("extension/")}
        manifest = json.loads(archive.read("extension/package.json"))
        code = archive.read("extension/dist/extension.js").decode("utf-8")
        grammar = archive.read("extension/syntaxes/zj.tmLanguage.json")
    assert names == {
        "package.json", "package.nls.json", "language-configuration.json", "syntaxes/zj.tmLanguage.json",
        "snippets/zj.json", "dist/extension.js", "readme.md", "LICENSE.txt", "icon.png",
    }  # fmt: skip
    assert manifest["main"] == "./dist/extension.js"
    assert set(re.findall(r'require\("([^"]+)"\)', code)) <= {
        "vscode", *("assert buffer child_process crypto fs net os path process stream url util".split()),
        "node:child_process", "node:fs", "node:os", "node:path",
    }, "the client of the protocol is in the file"  # fmt: skip
    assert "zjrules.proveHere" in code
    assert grammar == (EXTENSION / "syntaxes" / "zj.tmLanguage.json").read_bytes()


@node
@pytest.mark.slow
@pytest.mark.parametrize("name", ["locate", "service"])
def test_the_parts_of_the_extension_by_themselves(name: str) -> None:
    run = subprocess.run(
        ["node", "--test", f"test/{name}.test.js"],
        cwd=EXTENSION,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout
