"""What a visitor is told when a request cannot be answered: a code, one sentence, a way out, and nothing of the inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from zjrules.diag import OUR_BUG, Code

TOO_LARGE = Code("ZJ5200", "request-too-large")
TOO_SLOW = Code("ZJ5201", "request-too-slow")
TOO_LONG = Code("ZJ5202", "work-too-long")
TOO_BUSY = Code("ZJ5203", "server-too-busy")
TOO_MUCH = Code("ZJ5204", "work-needs-too-much-memory")
FOREIGN = Code("ZJ5205", "request-from-elsewhere")
OTHER_HOST = Code("ZJ5206", "other-host-name")
GONE = Code("ZJ5207", "upload-forgotten")
NO_PAGE = Code("ZJ5208", "no-such-page")
BAD_FORM = Code("ZJ5209", "form-not-readable")
NOT_NOW = Code("ZJ5210", "not-for-this-unit")
BAD_QUERY = Code("ZJ5230", "api-bad-query")
BAD_BODY = Code("ZJ5231", "api-bad-body")
OTHER_MEDIA = Code("ZJ5232", "api-other-media-type")
NOT_USABLE = Code("ZJ5233", "api-facts-not-usable")


@frozen
class Told:
    """What is said of a request that failed, with its HTTP status."""

    status: int
    code: Code
    message: str
    help: str
    findings: tuple[Mapping[str, Any], ...] = ()
    """What was found of the facts, as it stands in JSON."""


class Refused(Exception):
    """Ends a request with a page that says why."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.code.number)
        self.told = told


def refused(status: int, code: Code, message: str, help_: str) -> Refused:
    """Return what ends a request with this to say."""
    return Refused(Told(status, code, message, help_))


def bug() -> Told:
    """Return what is said when something went wrong that is nobody's fault but ours."""
    help_ = "这不是你的文件的错。再试一次；还是这样，请把代码和做到哪一步告诉维护者"
    return Told(500, OUR_BUG, "程序自己出了错", help_)


def no_page(status: int) -> Told:
    """Return what is said of an address that is none."""
    if status == 405:
        return Told(status, NO_PAGE, "这个地址不能这样用", "回到首页，从页面上的按钮进来")
    return Told(404, NO_PAGE, "没有这一页", "回到首页，从那里进来")
