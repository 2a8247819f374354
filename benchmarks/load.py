"""Page runs as a browser's client sees them: the time from the request until the script has finished."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_SECONDS = 120
FAILED = ("This page cannot be shown", "There is no build", "Not in your scope")


@dataclass(frozen=True)
class Address:
    """A page of the dashboard with its query."""

    page: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The page, and what is asked of it."""
        return self.page + "".join(f" {key}" for key, _ in self.query if key not in ("as", "customer"))


@dataclass(frozen=True)
class Run:
    """One finished run: seconds, bytes sent to the browser, and what went wrong."""

    seconds: float
    size: int
    errors: tuple[str, ...]


async def visit(port: int, addresses: Sequence[Address]) -> list[Run]:
    """One person opens these pages one after the other, in one session."""
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None) as socket:
        return [await asyncio.wait_for(_run(socket, address), PATIENCE_SECONDS) for address in addresses]


async def _run(socket: websockets.ClientConnection, address: Address) -> Run:
    ask = BackMsg()
    ask.rerun_script.query_string = urlencode(address.query)
    ask.rerun_script.page_name = address.page
    began, size, errors = time.perf_counter(), 0, []
    await socket.send(ask.SerializeToString())
    while True:
        raw = bytes(await socket.recv(decode=False))
        size += len(raw)
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        if kind == "page_not_found":
            errors.append(f"{address.page}: page not found")
        elif kind == "delta":
            errors += _faults(address, message)
        elif kind == "script_finished":
            return Run(time.perf_counter() - began, size, tuple(errors))


def _faults(address: Address, message: ForwardMsg) -> list[str]:
    if message.delta.WhichOneof("type") != "new_element":
        return []
    element = message.delta.new_element
    if element.WhichOneof("type") == "exception":
        return [f"{address.page}: {element.exception.message}"]
    if element.WhichOneof("type") == "heading" and any(said in element.heading.body for said in FAILED):
        return [f"{address.page}: {element.heading.body}"]
    return []


async def crowd(port: int, addresses: Sequence[Address], users: int) -> list[Run]:
    """So many people at once, each beginning with another page and walking through all of them."""
    walks = [[*addresses[n % len(addresses) :], *addresses[: n % len(addresses)]] for n in range(users)]
    return [run for runs in await asyncio.gather(*[visit(port, walk) for walk in walks]) for run in runs]
