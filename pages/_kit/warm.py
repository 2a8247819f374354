"""One run of the root page of a fresh server, so that deep links find their page: `python -m pages._kit.warm PORT`."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import urllib.error
import urllib.request

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_SECONDS = 60
# The server lets a session linger for a visitor who comes back, and answers a farewell only seconds later.
FAREWELL_SECONDS = 0.2
log = logging.getLogger(__name__)


def wait_until_healthy(port: int, until: float) -> bool:
    """Whether the server answered in time."""
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


async def run_once(port: int) -> None:
    """Ask for the root page as a browser does and wait until its script has ended."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    protocol = websockets.Subprotocol("streamlit")
    async with websockets.connect(
        address, subprotocols=[protocol], max_size=None, close_timeout=FAREWELL_SECONDS
    ) as socket:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        await socket.send(ask.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "script_finished":
            message.ParseFromString(bytes(await socket.recv(decode=False)))


def main(port: int) -> int:
    """Warm the server on this port; a server that never comes up is somebody else's error to report."""
    until = time.monotonic() + PATIENCE_SECONDS
    if wait_until_healthy(port, until):
        try:
            asyncio.run(asyncio.wait_for(run_once(port), timeout=PATIENCE_SECONDS))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            log.info("the first run of the root page did not end: %s", error)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
