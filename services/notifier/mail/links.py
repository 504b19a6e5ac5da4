"""Links in mails that let one person do one thing: signed, so that nobody makes one up; opening one changes nothing.

They outlive sessions on purpose: the right to unsubscribe does not end, and who holds the mail holds its links.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

PREFIX = "/alertes"


@dataclass(frozen=True, slots=True)
class Key:
    """What a link lets its holder do: `act` for `recipient`, about `what`."""

    act: str
    recipient: str
    what: str = ""


class Links:
    """Makes the links of mails, and reads them. `public_url` has no final slash."""

    def __init__(self, key: str, public_url: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="link in a mail")
        self._signed = lru_cache(maxsize=8192)(self._sign)  # a mail shows each link twice, and three share a word
        self._base = public_url.rstrip("/") + PREFIX

    def token(self, key: Key) -> str:
        """The signed word of a link."""
        return self._signed(key)

    def _sign(self, key: Key) -> str:
        return str(self._serializer.dumps([key.act, key.recipient, key.what]))

    def read(self, token: str, act: str) -> Key | None:
        """What a token lets do; None when it is false or is for something else than `act`."""
        try:
            found: Any = self._serializer.loads(token)
            key = Key(*found)
        except (BadData, TypeError):
            return None
        return key if key.act == act and all(isinstance(one, str) for one in found) else None

    def answer(self, recipient: str, match_id: str, answer: str) -> str:
        """Where a person says what becomes of a match; `answer` is only what is chosen beforehand, if anything."""
        link = f"{self._base}/reponse/{self.token(Key('reponse', recipient, match_id))}"
        return f"{link}?choix={answer}" if answer else link

    def preferences(self, recipient: str) -> str:
        """Where a person chooses what they are written about."""
        return f"{self._base}/preferences/{self.token(Key('preferences', recipient))}"

    def unsubscribe(self, recipient: str, what: str) -> str:
        """Where one POST ends it (RFC 8058) and a GET asks first."""
        return f"{self._base}/desabonnement/{self.token(Key('desabonnement', recipient, what))}"
