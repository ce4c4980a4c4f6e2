"""An assistant's side: the `mcp` package's own client, over real HTTP, one call at a time."""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx2
from flask import Flask
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from werkzeug.serving import make_server

from support.suites import WORKESTRA


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["assistant"].stop()


def _ran(talk: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: in this one the browser of other tests may have its loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()


class Assistant:
    """Speaks to `URL/mcp` with a key. `mode`: the client's, for older ways of the protocol; or
    `stdio`, through `./workestra mcp`.
    """

    def __init__(self, url: str, key: str, mode: str = "auto") -> None:
        self.url, self.key, self.mode = f"{url}/mcp", key, mode

    def tools(self) -> dict[str, Any]:
        """The tools that it is offered, by name."""
        listed = _ran(self._with(lambda client: client.list_tools()))
        return {tool.name: tool for tool in listed.tools}

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers; a refusal fails."""
        result = self.answer(tool, **arguments)
        assert not result.is_error, result.content[0].text
        found: dict[str, Any] = result.structured_content
        return found

    def refused(self, tool: str, **arguments: Any) -> str:
        """What a tool says that does not answer."""
        result = self.answer(tool, **arguments)
        assert result.is_error, result.structured_content
        return str(result.content[0].text)

    def answer(self, tool: str, **arguments: Any) -> Any:
        """The result, as the client has it."""
        return _ran(self._with(lambda client: client.call_tool(tool, arguments)))

    def _program(self) -> StdioServerParameters:
        """What a local assistant is told to start."""
        command = [*WORKESTRA, "mcp", "--url", self.url.removesuffix("/mcp")]
        environment = {**os.environ, "WORKESTRA_API_KEY": self.key}
        return StdioServerParameters(command=command[0], args=command[1:], env=environment)

    async def _with(self, act: Any) -> Any:
        if self.mode == "stdio":
            async with Client(self._program()) as client:
                return await act(client)
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
            transport = streamable_http_client(self.url, http_client=http)
            async with Client(transport, mode=self.mode) as client:
                return await act(client)
