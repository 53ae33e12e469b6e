"""The OpenAPI document: of the table of operations and of the schemas that --format json has, and of nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

from zjrules.web import problem
from zjrules.web.api import body
from zjrules.web.api.table import LONGEST, OPERATIONS, ROOT, Operation, Query

_FILES = ("check", "certificate", "diff", "rulebook")
_OTHER = re.compile(r"^urn:zjrules:(\w+):1#/")
REASONS: Mapping[int, str] = {
    400: "查询参数不对，或正文不是 JSON", 403: "请求来自别的网页", 404: "没有这本规则，或没有这个指标", 408: "传得太慢",
    409: "规则自己有错误，或出不了这份材料", 413: "正文太大", 415: "Content-Type 不是事实文件的",
    421: "Host 不是这台服务器", 422: "正文不是能用的事实文件，或事实算不了这一样；「发现」说是哪里",
    503: "太忙，或算得太久；过一会儿再来",
}  # fmt: skip
"""What each status means, in the words of the description."""
ALWAYS = (400, 421, 503)


@cache
def schemas() -> dict[str, Any]:
    """Return all schemas by name: those of --format json, and those that only this interface has (schema/api.schema.json)."""
    folder = resources.files("zjrules") / "schema"
    found = {name: json.loads((folder / f"{name}.schema.json").read_text("utf-8")) for name in _FILES}
    own = json.loads((folder / "api.schema.json").read_text("utf-8"))["$defs"]
    return {name: _placed(schema, name) for name, schema in (found | own).items()}


def _placed(schema: Any, name: str) -> Any:
    """Return a schema for its place in the document: what it refers to stands there, under its name."""
    match schema:
        case dict():
            kept = {k: v for k, v in schema.items() if k not in ("$schema", "$id")}
            return {k: _referred(v, name) if k == "$ref" else _placed(v, name) for k, v in kept.items()}
        case list():
            return [_placed(inner, name) for inner in schema]
        case _:
            return schema


def _referred(reference: str, name: str) -> str:
    other = _OTHER.sub(r"#/components/schemas/\1/", reference)
    if other != reference:
        return other
    # Shapes of the interface refer to each other as neighbours, those of a file to what is in their own file.
    within = reference.removeprefix("#/$defs/")
    return f"#/components/schemas/{within if name not in _FILES else f'{name}/$defs/{within}'}"


@cache
def document() -> str:
    """Return the document as JSON."""
    paths: dict[str, Any] = {}
    for op in OPERATIONS:
        paths.setdefault(f"{ROOT}{op.path}", {})[op.method.lower()] = _operation(op)
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": "zjrules", "version": version("zjrules"),
            "description": "部门整体绩效自评：规则、算分、解释。数都是准确的有理数，写成「分子/分母」。什么都不留下：正文只在内存里。",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas()},
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False)


def _operation(op: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": {"description": op.title, "content": {op.media: {"schema": _shape(op.schema)}}}}
    for status in sorted({*ALWAYS, *op.errors}):
        answers[str(status)] = {
            "description": REASONS[status], "content": {problem.MEDIA: {"schema": _shape("problem")}},
        }  # fmt: skip
    found: dict[str, Any] = {
        "operationId": op.id, "summary": op.title, "description": op.about, "responses": answers,
        "parameters": [_parameter(q) for q in op.queries],
    }  # fmt: skip
    if op.upload:
        found["requestBody"] = {"required": True, "description": "一个单位的事实文件", "content": _bodies()}
    return found


def _shape(name: str) -> dict[str, Any]:
    """Return a reference to a schema; the shape of a file is said by its media type alone."""
    return {"$ref": f"#/components/schemas/{name}"} if name else {}


def _parameter(query: Query) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"}
    shape = {"type": "array", "items": text, "minItems": 1} if query.many else text
    example = [query.example] if query.many else query.example
    return {
        "name": query.name, "in": "query", "required": query.required, "description": query.about, "schema": shape,
        "example": example, **({"explode": True} if query.many else {}),
    }  # fmt: skip


def _bodies() -> dict[str, Any]:
    """Return what a fact file can be: YAML has the shape that JSON has."""
    binary = {"type": "string", "format": "binary", "description": "zjrules template 做的工作簿，填好了的"}
    texts = {media: {"schema": _shape("factfile")} for media in (body.JSON, body.YAML)}
    return {**texts, body.XLSX: {"schema": binary}}
