"""What people typed becomes one harmless line before it may stand in a header, a list or a mail.

Line breaks would forge headers, and direction marks would show an address or a title as what it is not.
"""

import re
import unicodedata

_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{0,61}")
_ANY_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")


def one_line(text: str) -> str:
    """`text` without line breaks, control characters or direction marks; spaces are single."""
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", _DIRECTION.sub("", text))).strip()


def cut(text: str, length: int) -> str:
    """`text` in at most `length` characters, cut between words where there are any, with « … »."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    words = kept if text[length - 1] == " " else kept.rpartition(" ")[0]
    return (words if len(words) > length // 2 else kept).rstrip(" \u00a0\u202f,;:–-«(") + "…"


def is_address(text: str) -> bool:
    """Whether mail can be sent to `text`; as strict as a mail server is, not as the standard allows."""
    return len(text) <= 254 and ".." not in text and _ADDRESS.fullmatch(text) is not None


def masked(address: str | None) -> str:
    """An address as lists show it: « t…@porteur.example »; empty where there is none."""
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def without_addresses(text: str) -> str:
    """A mail server's words, which repeat the address, without any; events carry them."""
    return cut(one_line(_ANY_ADDRESS.sub("(adresse)", text)), 300)


def web_address(text: str) -> str:
    """`text` where it is an http(s) address; else empty, so that nothing else becomes a link."""
    address = one_line(text)
    return address if re.match(r"https?://[^\s/]+", address) and " " not in address else ""
