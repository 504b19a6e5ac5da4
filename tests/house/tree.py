"""The files that the house rules speak about: what is, or is about to be, in the repository."""

import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "services"


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in found if path.is_file()))


def python_files() -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".py")


def text_files(leave_out: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """(path from the root, text) of every file that is text; `leave_out` holds such paths."""
    kept = ((name_of(path), path) for path in files())
    pairs = ((name, _text(path)) for name, path in kept if name not in set(leave_out))
    return tuple((name, text) for name, text in pairs if text is not None)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
