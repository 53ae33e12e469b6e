"""What a program is told when its request cannot be answered: application/problem+json (RFC 9457) with a code of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from zjrules.diag import Code
from zjrules.web.failure import NO_PAGE, NOT_NOW, TOO_LARGE, Told, no_page

PREFIX = "/api/"
MEDIA = "application/problem+json"
HELP: Mapping[Code, str] = {
    NO_PAGE: "接口列在 /api/v1/openapi.json，规则集列在 /api/v1/rules",
    TOO_LARGE: "分成几次，或删去工作簿里的图片和用不到的表",
    NOT_NOW: "先用 /api/v1/check 看发现，改好再来",
}
"""What is said here in the place of help that speaks of pages."""
TITLE: Mapping[int, str] = {404: "没有这个地址", 405: "这个地址不能用这种方法"}
"""What is said of an address that is none, by its status."""
WAIT = 5
"""Seconds after which a server that was too busy may be asked again."""


def asked(request: Request) -> bool:
    """Return whether a request is a program's."""
    return request.url.path.startswith(PREFIX)


def answer(told: Told) -> Response:
    """Return the answer that says why."""
    headers = {"retry-after": str(WAIT)} if told.status == 503 else {}
    return Response(json.dumps(record(told), ensure_ascii=False), told.status, headers, MEDIA)


def record(told: Told) -> dict[str, Any]:
    """Return what is said, as data."""
    found = {"发现": list(told.findings)} if told.findings else {}
    return {
        "type": f"urn:zjrules:{told.code.number}", "title": TITLE[told.status] if told == no_page(told.status) else told.message, "status": told.status,
        "detail": HELP.get(told.code, told.help), "code": told.code.number, **found,
    }  # fmt: skip
