"""An OpenID provider as ProConnect is: a real HTTP server that signs what it says, refuses parameters that it does not
know, gives a code once, and answers userinfo with a signed token."""

import hashlib
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "notre-nom", "notre-secret"
KNOWN = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values",
    "code_challenge", "code_challenge_method",
}  # fmt: skip


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"})


@dataclass
class Stub:
    """What the provider does; tests change it. `id_claims` and `user_claims` replace what it would say."""

    issuer: str = ""
    email: str = "agent@region.example"
    subject: str = "sujet-1"
    key: RSAKey = field(default_factory=lambda: new_key("a"))
    signing: RSAKey | None = None
    id_claims: dict[str, Any] = field(default_factory=dict)
    user_claims: dict[str, Any] = field(default_factory=dict)
    plain_user: bool = False
    down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    ended: list[dict[str, str]] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to; a person would have typed a password in between."""
        if set(asked) - KNOWN:
            return f"{self.issuer}/error?error=Y000400"
        assert len(asked["state"]) >= 32 and len(asked["nonce"]) >= 32 and asked["response_type"] == "code"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that is good once, to whoever proves to have asked for it."""
        begun = self.codes.pop(asked.get("code", ""), None)
        proof = urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if begun is None or begun["code_challenge"] != proof.decode():
            return None
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return None
        if asked.get("redirect_uri") != begun["redirect_uri"]:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens[access] = begun
        claims = {"sub": self.subject, "nonce": begun["nonce"], "acr": begun.get("acr_values", "eidas1")}
        id_token = self.signed(claims | self.id_claims)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}

    def userinfo(self) -> dict[str, Any]:
        return {"sub": self.subject, "email": self.email, "siret": "13002526500013"} | self.user_claims

    def signed(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60} | claims
        key = self.signing or self.key
        header = {"alg": "RS256", "kid": self.key.kid}
        return jwt.encode(header, {name: value for name, value in whole.items() if value is not None}, key)


class Handler(BaseHTTPRequestHandler):
    """One request to `stub`."""

    stub: Stub

    def do_GET(self) -> None:
        place, asked = self._asked(urlsplit(self.path).query)
        if self.stub.down:
            self._say(503, "text/plain", "away")
        elif place == "/.well-known/openid-configuration":
            self._json(self.stub.metadata())
        elif place == "/jwks":
            self._json({"keys": [self.stub.key.as_dict(private=False)]})
        elif place == "/authorize":
            self._send_on(self.stub.authorize(asked))
        elif place == "/session/end":
            self.stub.ended.append(asked)
            self._send_on(asked["post_logout_redirect_uri"])
        elif place == "/userinfo" and self._bearer() in self.stub.tokens:
            if self.stub.plain_user:
                self._json(self.stub.userinfo())
            else:
                self._say(200, "application/jwt", self.stub.signed(self.stub.userinfo()))
        else:
            self._say(401, "text/plain", "no")

    def do_POST(self) -> None:
        _, asked = self._asked(self.rfile.read(int(self.headers["content-length"])).decode())
        found = self.stub.token(asked)
        self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

    def _asked(self, words: str) -> tuple[str, dict[str, str]]:
        return urlsplit(self.path).path, dict(parse_qsl(words))

    def _bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def _send_on(self, address: str) -> None:
        self.send_response(303)
        self.send_header("location", address)
        self.end_headers()

    def _json(self, value: dict[str, Any], status: int = 200) -> None:
        self._say(status, "application/json", json.dumps(value))

    def _say(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Tests read what the platform logs, not what the provider does."""


@contextmanager
def provider() -> Iterator[Stub]:
    """A provider at an address of its own."""
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"stub": stub}))
    stub.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
