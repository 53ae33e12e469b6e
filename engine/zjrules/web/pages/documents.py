"""The documents of an upload: 评分表, 数据表, 自评报告, all three in one file, and the certificate."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from attrs import frozen
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules import attest, papers, verifier
from zjrules.appraisal import calendar_for
from zjrules.certificate import document
from zjrules.explain.reason import missing
from zjrules.inout.archive import SETTLED
from zjrules.inout.workbook import databook, livebook, scorebook
from zjrules.project import Scored
from zjrules.web import view
from zjrules.web.failure import NOT_NOW, refused
from zjrules.web.pages.book import XLSX
from zjrules.web.pages.unit import held
from zjrules.web.scoring import scored

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {".xlsx": XLSX, ".docx": DOCX, ".zip": "application/zip", ".json": "application/json"}
SCORES, LIVE, DATA, REPORT = "评分表.xlsx", "评分表（带公式）.xlsx", "数据表.xlsx", "自评报告.docx"
ADDRESSES = {
    "scores": SCORES, "live": LIVE, "data": DATA, "report": REPORT, "all": "三份材料.zip", "certificate": "凭证.json",
}  # fmt: skip
"""The end of each document's address, and its name."""
MOST_UNIT = 40
"""Characters of a unit's name that stand in a file's: a name of more than 255 bytes is saved by no system."""


@frozen
class Told:
    """The page: what is still open before the documents can be handed in."""

    title: str
    errors: int
    others: int
    missing: int


def told(facts: bytes) -> Told:
    """Return what is open."""
    one, found = scored(facts)
    errors = sum(d.is_error for d in found)
    return Told(one.rules.title, errors, len(found) - errors, len(missing(one.claimed.total)))


def made(facts: bytes, what: str, files: Mapping[str, str]) -> bytes:
    """Return a document by the end of its address; files are those that the facts were read from, with their SHA-256."""
    return document_of(scored(facts)[0], what, files)


def document_of(one: Scored, what: str, files: Mapping[str, str]) -> bytes:
    """Return a document of a scored unit by the end of its address. Raises Refused where it cannot be made."""
    if what == "all":
        return _zipped({name: _document(one, name) for name in (SCORES, DATA, REPORT)})
    return _certificate(one, files) if what == "certificate" else _document(one, ADDRESSES[what])


def _document(one: Scored, name: str) -> bytes:
    if name == DATA:
        return databook.workbook(one.rules, one.facts)
    if name == REPORT:
        data, problems = papers.report(one)
        if data is None:
            first = problems[0]
            raise refused(
                409, NOT_NOW, f"自评报告的模板用不了：{first.message}", f"请维护规则的人改好模板。{first.help}"
            )
        return data
    make = livebook.workbook if name == LIVE else scorebook.workbook
    return make(one.rules, one.facts, one.claimed, one.reviewed)


def _zipped(documents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in documents.items():
            archive.writestr(zipfile.ZipInfo(name, SETTLED), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _certificate(one: Scored, files: Mapping[str, str]) -> bytes:
    try:
        data = document.text(attest.certified(one, files, calendar_for(one.rules)[0]))
    except verifier.Refused:
        data = b""
    if not 0 < len(data) <= verifier.MOST_BYTES:
        raise refused(409, NOT_NOW, "出不了凭证：明细太多，核对器读不了这么大的一份", "三份材料照样可以下载")
    return data


async def page(request: Request) -> Response:
    """Show what can be downloaded."""
    mine = held(request)
    found = await request.app.state.lanes.run(told, mine.facts)
    return view.page(request, "files.html", title=f"{mine.unit}　材料", held=mine, told=found)


async def download(request: Request) -> Response:
    """Hand out a document."""
    mine, what = held(request), request.path_params["what"]
    if what not in ADDRESSES:
        raise HTTPException(404)
    data = await request.app.state.lanes.run(made, mine.facts, what, mine.files)
    name = ADDRESSES[what]
    return view.saved(data, f"{mine.unit[:MOST_UNIT]} {name}", KINDS[name[name.rindex(".") :]])


ROUTES = (Route("/unit/{id}/files", page), Route("/unit/{id}/files/{what}", download))
