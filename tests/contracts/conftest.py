"""A fixed moment for contracts."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def moment() -> datetime:
    return datetime(2026, 3, 12, 10, 30, tzinfo=UTC)
