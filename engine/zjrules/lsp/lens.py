"""证明 and 运行案例 above each indicator, with what came of it the last time, until the text is changed."""

from __future__ import annotations

from lsprotocol import types as lsp

from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.syntax import decl as sd

PROVE, RUN = "zjrules.prove", "zjrules.runCases"


def code_lenses(state: State, document: Document, _params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """Return two lenses above each indicator of a document."""
    found = []
    for decl in state.parsed(document).file.decls:
        if isinstance(decl, sd.Indicator):
            line = state.range(decl.name.span)
            for command, title in ((PROVE, "证明"), (RUN, "运行案例")):
                outcome = state.outcomes.get((command, document.uri, decl.name.text), "")
                shown = f"{title}：{outcome}" if outcome else title
                found.append(lsp.CodeLens(line, lsp.Command(shown, command, arguments=[document.uri, decl.name.text])))
    return found
