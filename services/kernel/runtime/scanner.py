"""Files are shown to an antivirus before anybody can open them: clamd, over its own protocol, where there is one.

An antivirus that was asked for and does not answer is no permission: what it has not seen is not kept.
"""

import asyncio
import struct
from pathlib import Path

PATIENCE = 120.0
"""Seconds for a whole file."""
PIECE = 64 * 1024


class ScanFailed(Exception):
    """The antivirus did not answer, or said something else than a verdict."""


async def scan(address: str, path: Path) -> str:
    """The name of what was found in a file, empty where nothing was; `address` is a socket's path or `host:port`.

    Without an address nothing is scanned. Raises `ScanFailed`.
    """
    if not address:
        return ""
    try:
        async with asyncio.timeout(PATIENCE):
            said = await _ask(address, path)
    except (OSError, ValueError, TimeoutError) as error:
        raise ScanFailed(f"clamd at {address}: {type(error).__name__} {error}") from error
    verdict = said.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if not verdict.endswith(" FOUND"):
        raise ScanFailed(f"clamd at {address} said {said!r}, neither OK nor FOUND")
    return verdict.removesuffix(" FOUND")


async def _ask(address: str, path: Path) -> str:
    reader, writer = await _reach(address)
    try:
        writer.write(b"zINSTREAM\0")
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                writer.write(struct.pack("!L", len(piece)) + piece)
                await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace").strip()
    except asyncio.IncompleteReadError as error:
        raise ValueError(f"answer cut after {error.partial!r}") from error
    finally:
        writer.close()


async def _reach(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if "/" in address:
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))
