"""One running product for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_product import Product, running


@pytest.fixture(scope="session")
def product(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as `make run` starts it, writing every log it can."""
    with running(trained_model, tmp_path_factory.mktemp("product"), BROBYGGER_LOG_LEVEL="DEBUG") as started:
        yield started
