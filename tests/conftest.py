"""Options of the suite."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the outputs of golden blocks (hand-signed lines stay)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give the suite a cache of its own, for the commands that it starts too."""
    folder = tempfile.TemporaryDirectory(prefix="zjrules-tests-")
    os.environ["XDG_CACHE_HOME"] = folder.name
    config.add_cleanup(folder.cleanup)
    # A busy machine is no defect: speed is measured in tests/bench.
    settings.register_profile("suite", deadline=None)
    settings.load_profile("suite")
