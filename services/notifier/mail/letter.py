"""A mail as bytes: written by hand because a library that parses each header again costs more than sending it.

No header holds a line break, whoever typed its value; the boundary cannot occur in a body, since quoted-printable
leaves no « = » alone. Tests read every letter back with the standard library and compare.
"""

from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

_FORBIDDEN = frozenset("\r\n\0")
_WORD = 42
"""Bytes in one encoded word: with its frame it stays below the 75 characters of RFC 2047."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address; `headers` in the order in which they are written, `mark` names its boundary."""

    sender: str
    to: str
    subject: str
    headers: Mapping[str, str]
    text: str
    html: str
    mark: str

    def readdressed(self, to: str, subject: str) -> "Letter":
        """The same words to another address."""
        return replace(self, to=to, subject=subject)

    def raw(self) -> bytes:
        """What the server is given. Raises ValueError where a header would break its line."""
        boundary = f"=_{self.mark}"
        shown = {"From": self.sender, "To": self.to, "Subject": self.subject, **self.headers}
        lines = [f"{name}: {_header(name, value)}" for name, value in shown.items()]
        lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', "", ""]
        head = "\r\n".join(lines).encode()
        parts = _part(boundary, "plain", self.text) + _part(boundary, "html", self.html)
        return head + parts + f"--{boundary}--\r\n".encode()


def _part(boundary: str, kind: str, content: str) -> bytes:
    head = f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
    body = b2a_qp(content.replace("\r\n", "\n").replace("\n", "\r\n").encode(), istext=True)
    body = body.replace(b"=\n", b"=\r\n")  # it breaks long lines so where a text has no line break of its own
    return f"{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + body + b"\r\n"


def _header(name: str, value: str) -> str:
    if not _FORBIDDEN.isdisjoint(value):
        raise ValueError(f"the header {name} would break its line: {value[:80]!r}")
    if value.isascii() or name == "To":  # an address beyond ASCII goes as it is (SMTPUTF8)
        return value
    return _encoded(value)


@lru_cache(maxsize=1024)
def _encoded(value: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in _words(value))


def _words(value: str) -> Iterator[bytes]:
    """Pieces of at most _WORD bytes that do not cut a character."""
    piece = b""
    for character in value:
        more = character.encode()
        if len(piece) + len(more) > _WORD:
            yield piece
            piece = b""
        piece += more
    yield piece
