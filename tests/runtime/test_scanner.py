"""The antivirus is asked in clamd's own words; its silence is no permission."""

import asyncio
import shutil
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kernel.runtime import scanner
from kernel.runtime.scanner import ScanFailed, scan

BAD = b"X5O!P%@AP"


@asynccontextmanager
async def clamd(path: Path, says: bytes | None = None) -> AsyncIterator[str]:
    """A server that speaks INSTREAM as clamd does, and finds BAD; `says` is another answer, empty closes the line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        seen = b""
        while size := struct.unpack("!L", await reader.readexactly(4))[0]:
            seen += await reader.readexactly(size)
        found = b"stream: Eicar-Test-Signature FOUND\0" if BAD in seen else b"stream: OK\0"
        writer.write(found if says is None else says)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    async with server:
        yield str(path)


async def test_a_file_is_clean_or_not(tmp_path: Path) -> None:
    clean, bad = tmp_path / "clean", tmp_path / "bad"
    clean.write_bytes(b"a" * 300_000)
    bad.write_bytes(b"a" * 100_000 + BAD)
    async with clamd(tmp_path / "clamd.sock") as address:
        assert await scan(address, clean) == ""
        assert await scan(address, bad) == "Eicar-Test-Signature"
    assert await scan("", bad) == ""


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: perhaps\0", b"stream: O"])
async def test_anything_but_a_verdict_is_a_failure(tmp_path: Path, says: bytes) -> None:
    (tmp_path / "file").write_bytes(b"a")
    async with clamd(tmp_path / "clamd.sock", says) as address:
        with pytest.raises(ScanFailed):
            await scan(address, tmp_path / "file")


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "localhost"])
async def test_nobody_there_is_a_failure(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "PATIENCE", 2.0)
    (tmp_path / "file").write_bytes(b"a")
    with pytest.raises(ScanFailed, match="clamd at"):
        await scan(address, tmp_path / "file")


@asynccontextmanager
async def the_real_one(folder: Path) -> AsyncIterator[str]:
    """clamd itself, with one signature of ours and no network; skips where the machine has none."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("this machine has no clamd: the Debian package is clamav-daemon")
    address = folder / "clamd.sock"
    (folder / "signatures").mkdir()
    (folder / "signatures" / "ours.ndb").write_text(f"Ours:0:*:{BAD.hex()}\n")
    settings = f"LocalSocket {address}\nDatabaseDirectory {folder}/signatures\nForeground yes\nStreamMaxLength 1M\n"
    (folder / "clamd.conf").write_text(settings)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, "-c", folder / "clamd.conf", stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(60):
            while not address.exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.05)
        yield str(address)
    finally:
        process.terminate()
        await process.wait()


async def test_clamd_itself_says_the_same(tmp_path: Path) -> None:
    clean, bad, large = tmp_path / "clean", tmp_path / "bad", tmp_path / "large"
    clean.write_bytes(b"a" * 300_000)
    bad.write_bytes(b"a" * 100_000 + BAD)
    large.write_bytes(b"a" * 2_000_000)
    async with the_real_one(tmp_path) as address:
        assert await scan(address, clean) == ""
        assert await scan(address, bad) == "Ours.UNOFFICIAL"
        with pytest.raises(ScanFailed):  # above its StreamMaxLength: not seen whole, so not kept
            await scan(address, large)
