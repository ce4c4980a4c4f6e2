"""Between WSGI's threads and MCP's event loop: nobody waits for another's tool."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread

import pytest
from mcp.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import CallToolResult, TextContent

from contracts.errors import Unavailable
from gateway.assistant.bridge import EXCHANGE, Bridge, Exchange

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/mcp",
    "query_string": b"",
    "headers": [(b"content-type", b"application/json"), (b"accept", b"application/json")],
}


class World:
    """A real server whose tools do what the test gives them, on a bridge of its own.

    A tool that it was not given never answers.
    """

    def __init__(self, **more):
        self.tools = {}
        self.bridge = Bridge(self.manager, **more)

    def manager(self):
        server = Server("test", on_call_tool=self.call)
        return StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    async def call(self, ctx, params):
        if params.name not in self.tools:
            await asyncio.Event().wait()
        exchange = ctx.request.scope[EXCHANGE]
        return CallToolResult(
            content=[TextContent(text=str(await exchange.run(self.tools[params.name])))]
        )

    def ask(self, name):
        params = {"name": name, "arguments": {}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        exchange = Exchange(json.dumps(message).encode())
        self.bridge.ask(SCOPE, exchange)
        return json.loads(exchange.content)


@pytest.fixture
def world():
    made = World()
    yield made
    made.bridge.stop()


def text(answer):
    return answer["result"]["content"][0]["text"]


def test_a_tool_runs_in_the_thread_of_its_request(world):
    world.tools["where"] = lambda: current_thread().name
    assert text(world.ask("where")) == current_thread().name


def test_a_slow_tool_holds_up_nobody(world):
    """The first waits for what only the second brings."""
    brought = Event()
    world.tools |= {"wait": lambda: brought.wait(20), "bring": brought.set}
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(world.ask, "wait")
        world.ask("bring")
        assert text(waiting.result(20)) == "True"


def test_a_tool_that_breaks_is_an_error_and_the_next_one_works(world):
    world.tools |= {"break": lambda: 1 // 0, "work": lambda: "done"}
    assert "error" in world.ask("break")
    assert text(world.ask("work")) == "done"


def test_an_answer_that_does_not_come_is_given_up():
    world = World(longest=0.01)
    with pytest.raises(Unavailable):
        world.ask("never")
    world.bridge.stop()


def test_nothing_runs_before_the_first_request_and_nothing_after_the_end(world):
    assert world.bridge._thread is None
    world.tools["one"] = lambda: 1
    world.ask("one")
    thread = world.bridge._thread
    world.bridge.stop()
    assert not thread.is_alive()
