"""The body of a request: a fact file as JSON, as YAML or as a workbook, told apart by its Content-Type alone."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from starlette.requests import Request

from zjrules.project import Given
from zjrules.web.failure import BAD_BODY, OTHER_MEDIA, Refused, refused

JSON, YAML = "application/json", "application/yaml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    JSON: "事实.json", YAML: "事实.yaml", "application/x-yaml": "事实.yaml", "text/yaml": "事实.yaml", XLSX: "事实.xlsx",
    "application/vnd.ms-excel": "事实.xls",
}  # fmt: skip
"""What a fact file can be, and the name under which findings speak of it."""
DEEPEST = 30
"""Levels of JSON; a fact file has five."""
_TRUTH = {True: "是", False: "否"}


async def received(request: Request) -> Given:
    """Return the fact file of a request as it came. Raises Refused for another media type or an empty body."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in KINDS:
        raise refused(415, OTHER_MEDIA, "Content-Type 不是事实文件的", f"写 {JSON}、{YAML} 或 {XLSX}")
    data = await request.body()
    if not data:
        raise refused(400, BAD_BODY, "请求没有正文", "正文是一个单位的事实文件：JSON、YAML 或工作簿")
    return Given(KINDS[said], data)


def plain(given: Given) -> Given:
    """Return a file as fact files are read: JSON as the YAML that it nearly is, numbers as they were written."""
    if not given.name.endswith(".json"):
        return given
    return Given("事实.yaml", _yaml(given.data))


def _yaml(data: bytes) -> bytes:
    try:
        value = json.loads(
            data.decode("utf-8"), parse_float=str, parse_int=str, parse_constant=_no_number, object_pairs_hook=_unique
        )
        # Every string is quoted, and only JSON's own escapes are in it: YAML reads them as JSON does.
        return json.dumps(_written(value, 0), ensure_ascii=False, indent=1).encode()
    except UnicodeDecodeError:
        raise _broken("正文不是 UTF-8") from None
    except UnicodeEncodeError:
        raise _broken("文字里有不成对的代理码（\\ud800 至 \\udfff）") from None
    except json.JSONDecodeError as error:
        raise _broken(f"第 {error.lineno} 行第 {error.colno} 列起不是 JSON") from None
    except RecursionError:
        raise _broken("一层套一层太深") from None


def _written(value: Any, depth: int) -> Any:
    """Return JSON with the words of fact files in place of true, false and null."""
    if depth > DEEPEST:
        raise RecursionError
    match value:
        case dict():
            return {key: _written(inner, depth + 1) for key, inner in value.items()}
        case list():
            return [_written(inner, depth + 1) for inner in value]
        case None:
            return ""
        case bool():
            return _TRUTH[value]
        case _:
            return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises Refused where a name stands twice: which of the two is meant is not for us to say."""
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise _broken(f"「{twice[:40]}」写了两次".encode("utf-8", "replace").decode())
    return found


def _no_number(text: str) -> Any:
    raise _broken(f"{text} 不是数")


def _broken(why: str) -> Refused:
    return refused(400, BAD_BODY, f"正文不是一份 JSON：{why}", "照 RFC 8259 写，编码用 UTF-8；数也可以写成文字")
