"""For assistants that start a program and speak MCP over its input and output: hands everything on
to a suite's `/mcp`, with the host's key, and gives back what that answers. It decides nothing.
"""

import asyncio
from typing import Any

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
)

PATIENCE = 30.0
"""Seconds for an answer."""
Context = ServerRequestContext[Any, Any]


def main(url: str, key: str) -> int:
    """Serves until its input ends. Exits with a sentence where the suite does not let it."""
    problem = ""
    try:
        asyncio.run(_serve(f"{url.rstrip('/')}/mcp", key))
    except* (httpx2.HTTPError, MCPError, OSError) as problems:
        problem = str(problems.exceptions[0])
    if problem:
        raise SystemExit(f"workestra: {url} does not answer as it should: {problem}")
    return 0


async def _serve(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
        stdio_server() as (reading, writing),
    ):
        server = _server(client)
        await server.run(reading, writing, server.create_initialization_options())


def _server(client: Client) -> Server[Any]:
    """What the suite says of itself, with the suite's tools."""

    async def list_tools(_: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return await client.list_tools()

    async def call_tool(_: Context, params: CallToolRequestParams) -> CallToolResult:
        return await client.call_tool(params.name, params.arguments)

    return Server(
        "workestra",
        title="Workestra Scheduling",
        instructions=client.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
