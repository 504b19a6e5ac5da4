"""A visitor with a browser: reads pages, fills forms, follows redirects. Knows nothing but what pages show."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx2
from parsel import Selector

PATIENCE = 90.0
"""Seconds that a visitor waits for what other services are doing: above the 60 s after which work held by a
process that was killed is done by another."""
Fields = Sequence[tuple[str, str]]


class Unexpected(RuntimeError):
    """A page answered something else than a person would need to go on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it came, after redirects."""

    status: int
    url: str
    html: str

    @property
    def selector(self) -> Selector:
        return Selector(text=self.html)

    def hidden(self, name: str) -> str:
        """The value of a hidden field. Raises `Unexpected` when the page has none."""
        value = self.selector.css(f"input[name='{name}']::attr(value)").get()
        if value is None:
            raise Unexpected(f"{self.url} shows no field {name!r}: {self.status} {self.headline()}")
        return value

    def headline(self) -> str:
        """The first heading, in one line."""
        return " ".join(" ".join(self.selector.css("h1 *::text, h1::text").getall()).split())

    def errors(self) -> str:
        """What the page says is wrong with a form."""
        return " ".join(" ".join(self.selector.css("[role=alert] *::text, .error *::text").getall()).split())[:400]


async def waiting(look: Callable[[], Awaitable[bool]], what: str) -> None:
    """Look again and again until what is looked for is there. Raises `Unexpected` after PATIENCE."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not await look():
        if asyncio.get_running_loop().time() > deadline:
            raise Unexpected(f"waited {PATIENCE:.0f} s for {what}")
        await asyncio.sleep(0.1)


class Visitor:
    """One person with cookies. Every method raises `Unexpected` when the page is not the one hoped for."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx2.AsyncClient(base_url=base_url, follow_redirects=True, timeout=30)

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, expect: int | None = 200) -> Shown:
        """The page at `path`; `expect` None takes whatever comes."""
        answer = await self._client.get(path)
        return self._checked(answer, expect)

    async def post(self, path: str, fields: Fields, expect: int | None = 200) -> Shown:
        """Send a form, follow where it leads; `expect` 303 stays where it is."""
        body: dict[str, list[str]] = {}
        for name, value in fields:
            body.setdefault(name, []).append(value)
        answer = await self._client.post(path, data=body, follow_redirects=expect != 303)
        return self._checked(answer, expect)

    async def download(self, path: str) -> bytes:
        """The file at `path`."""
        answer = await self._client.get(path)
        self._checked(answer, 200)
        return answer.content

    async def json(self, path: str) -> dict[str, object]:
        """A JSON answer, whatever its status."""
        answer = await self._client.get(path)
        found: dict[str, object] = answer.json()
        return found

    async def until(self, path: str, good: Callable[[Shown], bool], what: str) -> Shown:
        """Look at a page again and again until it is `good`. Raises `Unexpected` after PATIENCE."""
        seen: list[Shown] = []

        async def look() -> bool:
            seen[:] = [await self.get(path, expect=None)]
            return good(seen[0])

        try:
            await waiting(look, what)
        except Unexpected as error:
            raise Unexpected(f"{path}: {error}; last seen {seen[0].status} {seen[0].headline()}") from None
        return seen[0]

    def _checked(self, answer: httpx2.Response, expect: int | None) -> Shown:
        page = Shown(answer.status_code, str(answer.url), answer.text)
        if expect is not None and page.status != expect:
            raise Unexpected(f"{answer.request.method} {page.url}: {page.status} {page.headline()} {page.errors()}")
        return page
