"""Write what the extension of VS Code has of ours: ``python -m zjrules.highlight engine/editors/vscode``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from zjrules.highlight.configuration import configuration
from zjrules.highlight.icon import png
from zjrules.highlight.snippets import snippets
from zjrules.highlight.textmate import grammar
from zjrules.highlight.words import vocabulary
from zjrules.inout.text import write_bytes, write_text


def generated() -> dict[str, str]:
    """Return the text of each generated file by its place in the folder of the extension."""
    words = vocabulary()
    data = {
        "language-configuration.json": configuration(words),
        "snippets/zj.json": snippets(),
        "syntaxes/zj.tmLanguage.json": grammar(words),
    }
    return {name: json.dumps(value, ensure_ascii=False, indent=2) + "\n" for name, value in data.items()}


def main(folder: Path) -> None:
    """Write the files into the folder of the extension."""
    for name, text in generated().items():
        write_text(folder / name, text)
    write_bytes(folder / "icon.png", png())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
