"""schemathesis against a real server, by its OpenAPI document: no 5xx, and every answer is as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from webwork import Server, serving
from zjrules.web.api.table import OPERATIONS, ROOT, Operation

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis (zjrules[fuzz]) is not installed")
EXAMPLES = 20
"""Requests of each kind to each operation."""
PAIRS = [
    (op, mode)
    for op in OPERATIONS
    for mode in ("positive", "negative")
    if mode == "positive" or op.queries  # what takes nothing cannot be asked wrongly
]
pytestmark = [
    pytest.mark.slow,
    # What the library itself has left open or out of date is none of our faults.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("fuzz")) as found:
        yield found
        assert found.process.poll() is None, "it stays up"
        assert found.left() == [], "it leaves no file behind"


@pytest.fixture(scope="module")
def api(server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{server.address}api/v1/openapi.json")


def _checks(op: Operation) -> list[Any]:
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as openapi

    # What a fact file may be is for the engine to say: it passes over much with a warning that no schema would.
    refusing = [] if op.upload else [openapi.negative_data_rejection]
    return [
        *refusing,
        checks.not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_headers_conformance,
        openapi.response_schema_conformance,
        openapi.unsupported_method,
    ]


@pytest.mark.parametrize(("op", "mode"), PAIRS, ids=[f"{op.id}-{mode}" for op, mode in PAIRS])
def test_every_answer_is_as_the_description_says(api: Any, op: Operation, mode: str) -> None:
    operation = api[f"{ROOT}{op.path}"][op.method]
    checks = _checks(op)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    def asked(case: Any) -> None:
        case.call_and_validate(checks=checks, timeout=60)

    asked()
