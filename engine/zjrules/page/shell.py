"""One HTML file around what a page says: it may load nothing, and run nothing but its own style and script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from zjrules.page.markup import Html, el, verbatim


def whole(title: str, style: str, body: Sequence[Html], script: str = "") -> str:
    """Return a page as one file. Without a script none may run."""
    # Style and script are known to the browser by their digests, whatever else a file of ours quotes.
    runs = f"script-src '{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src '{_digest(style)}'; {runs}base-uri 'none'; form-action 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        verbatim("style", style),
    )
    shown = el("body", *body, *([verbatim("script", script)] if script else []))
    return f"<!DOCTYPE html>\n{el('html', head, shown, lang='zh-CN').text}\n"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
