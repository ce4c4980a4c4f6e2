"""The gateway of one process: what starts with it ends with it."""

import threading

import pytest

from contracts.crm_bridge import CrmBridgeRpc
from contracts.errors import Unavailable
from contracts.wire import Ping
from gateway.running import assemble
from gateway.settings import Settings
from servicekit import rpc
from servicekit.clock import SystemClock
from support.waiting import wait_for

NAMES = {"relay", "broadcasts", "rpc-replies"}


def _running():
    return {thread.name for thread in threading.enumerate()} & NAMES


@pytest.fixture
def settings(databases):
    return Settings(
        public_url="http://127.0.0.1",
        secret_keys=("a key of these tests, long enough",),
        database_url=databases("gateway"),
    )


def test_threads_and_connections_end_with_it(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(rpc, "TIMEOUT", 0.5)
    before = set(threading.enumerate())
    running = assemble(settings, SystemClock())
    assert set(threading.enumerate()) <= before, "nothing begins before the fork"
    running.start()
    with pytest.raises(Unavailable):
        running.client.proxy(CrmBridgeRpc).ping(Ping())
    assert running.app.test_client().get("/healthz").status_code == 200
    assert _running() == NAMES
    running.stop()
    wait_for(lambda: not _running(), "the threads to end", 60, tmp_path / "none")
    assert running.accounts.engine.pool.checkedout() == 0
