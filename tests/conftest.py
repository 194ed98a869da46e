"""What all tests share: no network, and the built graph of `seeds/`."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: how fast examples are made is not what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# A shell that starts this in the background has Ctrl-C ignored, which children would inherit: they are to be interrupted.
if os.name == "posix" and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that leaves this machine; a browser and a notebook kernel are reached locally."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOCAL:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of sample documents."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def gold() -> Path:
    """The folder of facts annotated by hand."""
    return ROOT / "tests" / "gold"


@pytest.fixture(scope="session")
def built(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a build of `seeds/`."""
    import kg

    out = tmp_path_factory.mktemp("built") / "out"
    kg.build([seeds], out=out)
    return out


@pytest.fixture(scope="session")
def graph(built: Path) -> Any:
    """The graph of `seeds/`."""
    import kg

    return kg.load(built)


@pytest.fixture
def clean_env(tmp_path: Path) -> dict[str, str]:
    """The environment of a child process that imports this checkout."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
