"""Signing in with the account of one's organisation: OpenID Connect, the code flow alone, off unless it is configured.

Rule guarded here: nothing that comes back through the browser is believed. State, nonce and PKCE tie the answer to
the request of this browser; every token is checked against the provider's keys before a word of it is used.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kernel.runtime.settings import Settings

COOKIE = "compte-externe"
SECONDS = 600
"""How long somebody may take at the provider's pages."""
PATIENCE = 5.0
"""Seconds for one question to the provider; ProConnect's code is good for thirty."""
FRESH = 3600.0
"""Seconds for which what the provider publishes of itself is believed."""
LEEWAY = 60
ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures by a key pair alone: « none » and shared keys would let anybody, or us, sign."""

log = structlog.get_logger()


class NotSignedIn(Exception):
    """The provider's answer lets nobody in. The text is a sentence for the person; the log knows more."""


AGAIN = "Cette connexion n’a pas abouti : recommencez, ou demandez un lien par courriel."
AWAY = "Le service de connexion ne répond pas en ce moment : demandez un lien par courriel."


@dataclass(frozen=True, slots=True)
class Begun:
    """What ties the answer to the request: kept signed in the browser that asked."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `subject` names the account for good, `email` is where it is reached now."""

    issuer: str
    subject: str
    email: str
    id_token: str


class Provider:
    """An OpenID provider and our account there; what it publishes of itself is asked once an hour."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.oidc_name
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._client = settings.oidc_client_id, settings.oidc_client_secret
        self._scope, self._acr = settings.oidc_scope, settings.oidc_acr
        self._public_url = settings.public_url.rstrip("/")
        self._cookies = URLSafeTimedSerializer(settings.signing_key(), salt="oidc request")
        self._known: tuple[float, dict[str, Any], KeySet] | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Provider | None":
        """The provider that the settings name, if they name one."""
        return cls(settings) if settings.oidc_issuer else None

    @property
    def callback(self) -> str:
        return f"{self._public_url}/connexion/retour"

    async def begin(self) -> tuple[str, str]:
        """The address to send somebody to, and the cookie that knows them when they come back. Raises `NotSignedIn`."""
        metadata, _ = await self._published()
        begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
        extra = {"nonce": begun.nonce, **({"acr_values": self._acr} if self._acr else {})}
        proves = "S256" in metadata.get("code_challenge_methods_supported", [])
        async with self._asking(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=begun.state,
                code_verifier=begun.verifier if proves else None,
                **extra,
            )
        return str(address), self._cookies.dumps(asdict(begun))

    async def finish(self, cookie: str, answer: Mapping[str, str]) -> Identity:
        """Who came back with this answer, in the browser of this cookie. Raises `NotSignedIn`."""
        begun = self._begun(cookie, answer.get("state", ""))
        if "code" not in answer or answer.get("iss", self.issuer) != self.issuer:
            raise self._no("refused", error=answer.get("error", "no code")[:100])
        metadata, _ = await self._published()
        try:
            async with self._asking(metadata) as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"], code=answer["code"][:2000], code_verifier=begun.verifier
                )
            claims = await self._id_token(token, begun.nonce)
            user = await self._user(metadata["userinfo_endpoint"], token["access_token"])
        except (httpx2.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            raise self._no("failed", error=type(error).__name__) from error
        if user.get("sub") != claims["sub"] or user.get("email_verified") is False or not user.get("email"):
            raise self._no("incomplete", error="sub, email")
        return Identity(self.issuer, str(claims["sub"]), str(user["email"]), str(token["id_token"]))

    async def farewell(self, id_token: str) -> str | None:
        """The address that ends the session at the provider too; None where it has none or is away."""
        try:
            metadata, _ = await self._published()
        except NotSignedIn:
            return None
        end = metadata.get("end_session_endpoint")
        words = {
            "id_token_hint": id_token,
            "state": secrets.token_urlsafe(32),
            "post_logout_redirect_uri": f"{self._public_url}/",
        }
        return f"{end}?{urlencode(words)}" if end else None

    def _begun(self, cookie: str, state: str) -> Begun:
        try:
            begun = Begun(**self._cookies.loads(cookie, max_age=SECONDS))
        except (BadData, TypeError):
            raise self._no("unasked", error="cookie") from None
        if not secrets.compare_digest(begun.state.encode(), state.encode("utf-8", "replace")):
            raise self._no("unasked", error="state")
        return begun

    def _asking(self, metadata: Mapping[str, Any]) -> AsyncOAuth2Client:
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        identifier, secret = self._client
        return AsyncOAuth2Client(
            client_id=identifier,
            client_secret=secret,
            scope=self._scope,
            redirect_uri=self.callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post" if "client_secret_post" in ways else "client_secret_basic",
            timeout=PATIENCE,
        )

    async def _id_token(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """The claims of the token, each checked. Raises what the libraries raise."""
        decoded = await self._decode(token["id_token"])
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client[0]},
        }
        if self._acr:
            options["acr"] = {"essential": True, "values": self._acr.split()}
        params = {"nonce": nonce, "client_id": self._client[0], "access_token": token["access_token"]}
        claims: Any = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    async def _user(self, address: str, access_token: str) -> Mapping[str, Any]:
        """What the provider says of the account: a signed token at ProConnect, plain JSON elsewhere.

        Asked without Authlib's client, which takes a token that ends within a minute for one that has ended.
        """
        async with httpx2.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(address, headers={"Authorization": f"Bearer {access_token}"})
        answer.raise_for_status()
        if not answer.headers.get("content-type", "").startswith("application/jwt"):
            found: Mapping[str, Any] = answer.json()
            return found
        claims = (await self._decode(answer.text.strip())).claims
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._client[0]},
        )
        registry.validate(claims)
        return claims

    async def _decode(self, token: str) -> jwt.Token:
        """The words of a token signed by the provider, whose keys may have changed since they were read."""
        _, keys = await self._published()
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._known = None
            _, keys = await self._published()
            return jwt.decode(token, keys, algorithms=ALGORITHMS)

    async def _published(self) -> tuple[dict[str, Any], KeySet]:
        """What the provider says of itself, and its keys. Raises `NotSignedIn` where it is away or says nonsense."""
        if self._known is None or time.monotonic() - self._known[0] > FRESH:
            try:
                self._known = (time.monotonic(), *await self._asked())
            except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                log.warning("oidc.away", provider=urlsplit(self.issuer).netloc, error=type(error).__name__)
                raise NotSignedIn(AWAY) from error
        return self._known[1], self._known[2]

    async def _asked(self) -> tuple[dict[str, Any], KeySet]:
        async with httpx2.AsyncClient(timeout=PATIENCE) as client:
            found = await client.get(f"{self.issuer}/.well-known/openid-configuration")
            metadata: dict[str, Any] = found.raise_for_status().json()
            if metadata["issuer"].rstrip("/") != self.issuer:
                raise ValueError("the provider calls itself otherwise")
            keys = (await client.get(metadata["jwks_uri"])).raise_for_status()
        return metadata, KeySet.import_key_set(json.loads(keys.text))

    def _no(self, why: str, **told: str) -> NotSignedIn:
        """The sentence for the person; why it is so is for the log, without a word of who it was."""
        log.info(f"oidc.{why}", provider=urlsplit(self.issuer).netloc, **told)
        return NotSignedIn(AGAIN)
