"""A real OpenID Connect provider on loopback, in a process of its own (``.provider``)."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.conftest import ROOT, free_port

PROGRAM = ROOT / ".provider/bin/oidc-provider-mock"


@contextmanager
def running_provider() -> Iterator[str]:
    """Its address while it runs; skips where there is none, or fails where all parts are asked for."""
    if not PROGRAM.exists():
        reason = "there is no .provider environment with an OpenID Connect provider"
        if os.environ.get("BROBYGGER_TEST_REQUIRE") == "all":
            pytest.fail(f"{reason}, and BROBYGGER_TEST_REQUIRE=all asks for it")
        pytest.skip(reason)
    port = free_port()
    process = subprocess.Popen([str(PROGRAM), "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, "the provider ended"
                time.sleep(0.1)
        yield address
    finally:
        process.kill()
        process.wait()


def know(provider: str, subject: str, **claims: object) -> None:
    """Tell the provider about somebody."""
    httpx.put(f"{provider}/users/{subject}", json=claims, trust_env=False).raise_for_status()
