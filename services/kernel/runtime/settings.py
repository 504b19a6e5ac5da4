"""Settings come from the environment alone; a wrong value stops the start with one line that names it.

Every variable is listed in `deploy/env.example` with its default; a test compares the two.
"""

import secrets
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.contracts.registry import SERVICES

PREFIX = "CHEVALEMENT_"
SECRET = ("_URL", "_PASSWORD", "_SECRET", "_TOKEN")
"""Ends of names whose values may hold a password: they are never printed."""
REPOSITORY = Path(__file__).resolve().parents[3]


class WrongSetting(SystemExit):
    """A value in the environment that cannot be used; prints one line and ends the process with code 2."""

    def __init__(self, line: str) -> None:
        super().__init__(2)
        self.line = line

    def __str__(self) -> str:
        return self.line


class Settings(BaseSettings):
    """What an installation decides. Times in seconds, addresses as URLs, paths relative to the working folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Field(Path("var"), description="folder of the databases, of JetStream and of the secret")
    documents: str = Field("", description="folder of the files that porteurs join; empty: in the data folder")
    clamd: str = Field("", description="socket or host:port of clamd, which sees each file first; empty scans nothing")
    host: str = Field("127.0.0.1", description="address on which pages are served")
    port: int = Field(8000, ge=0, le=65535, description="port of the pages; 0 takes a free one")
    public_url: str = Field("", description="address people use, in links of mails; empty means the one served")
    nats_url: str = Field("", description="broker; empty means the embedded one")
    nats_port: int = Field(-1, ge=-1, le=65535, description="port of the embedded broker; -1 takes a free one")
    database_url: str = Field(
        "",
        description="postgresql+asyncpg://user:password@host/{service}, {service} being replaced; empty means SQLite",
    )
    smtp_host: str = Field("127.0.0.1", description="mail server")
    smtp_port: int = Field(1025, ge=1, le=65535, description="its port")
    smtp_security: str = Field("none", pattern="^(none|starttls|tls)$", description="none, starttls or tls")
    smtp_ca_file: str = Field("", description="authorities of its certificate (PEM); empty: those of the system")
    smtp_user: str = Field("", description="account on the mail server; empty means none")
    smtp_password: str = Field("", description="its password")
    smtp_lines: int = Field(4, ge=1, le=50, description="lines to the mail server at most, when many mails wait")
    mail_rate: float = Field(0.0, ge=0, description="mails a second at most; 0: as fast as the server takes them")
    mail_domain_rate: float = Field(0.0, ge=0, description="mails a second to one domain at most; 0: no limit")
    mail_kept_days: int = Field(1100, ge=0, description="days the words of a sent mail are kept; 0: for ever")
    dkim_selector: str = Field("", description="name of the DKIM key in the DNS; empty signs nothing")
    dkim_key_file: str = Field("", description="file of the DKIM private key (PEM)")
    mail_from: str = Field("label@pole-artois.example", description="sender of every mail")
    staff_mail: str = Field("equipe@pole-artois.example", description="where the staff's alerts go")
    ops_mail: str = Field("", description="where a blind source is told at once; empty means the staff's")
    alert_delay: float = Field(60.0, ge=0, description="seconds during which matches are gathered into one staff alert")
    mail_rehearsal: str = Field("", description="address that gets every mail, for a rehearsal; empty: each its own")
    mail_only: str = Field("", description="addresses and domains written to, with commas, for tests; empty: all")
    bounce_folder: str = Field("", description="Maildir that bounces come back to; empty reads none")
    receipts_secret: str = Field("", description="key with which a relay signs receipts; empty shuts that door")
    label_file: Path = Field(REPOSITORY / "deploy" / "label.toml", description="the territory's label")
    territory_file: Path = Field(REPOSITORY / "deploy" / "territory.json", description="communes and agglomerations")
    oidc_issuer: str = Field("", description="provider of accounts that let the team in; empty: links by mail alone")
    oidc_client_id: str = Field("", description="our name there")
    oidc_client_secret: str = Field("", description="our secret there")
    oidc_name: str = Field("ProConnect", description="what people call it, on the button")
    oidc_scope: str = Field("openid given_name usual_name email uid siret", description="what is asked of it")
    oidc_acr: str = Field("", description="acr_values asked of it and demanded of its answer; empty: any")
    pace: float = Field(1.0, ge=0, description="how many times the usual one may write in a while; 0: no limit")
    secret: str = Field("", description="key that signs sessions; empty means one kept in the data folder")
    aides_territoires_url: str = Field("", description="another address of Aides-territoires, for tests")
    aides_territoires_token: str = Field("", description="its API token; empty leaves the source out")
    eu_portal_url: str = Field("", description="another address of the EU portal, for tests")
    eu_programmes: str = Field("", description="codes of the EU programmes kept, with commas; empty: all in the Union")
    sources_file: Path = Field(REPOSITORY / "deploy" / "sources.toml", description="feeds that are read besides")
    ademe_agir_client_id: str = Field("", description="identifier that ADEME gives for its AGIR service")
    ademe_agir_client_secret: str = Field("", description="its secret; empty leaves the source out")
    crawl_schedule: str = Field("0 30 4 * * *", description="when sources are read: six-field cron, UTC")
    crawl_cache: str = Field("", description="folder of answers read again, to write spiders; empty: none")
    crawl_private_addresses: bool = Field(False, description="let the watch read private addresses, for tests")
    outbox_lag_limit: float = Field(60.0, gt=0, description="seconds an event may wait before health says so")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning, error")
    log_format: str = Field("text", pattern="^(text|json)$", description="text or json")

    @field_validator("data")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("is a file, a folder is needed")
        return value

    @field_validator("database_url")
    @classmethod
    def _asynchronous(cls, value: str) -> str:
        if value and not value.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
            raise ValueError("must begin with postgresql+asyncpg:// or sqlite+aiosqlite://")
        if value and "{service}" not in value:
            raise ValueError("must contain {service}: each service has a database of its own")
        return value

    @model_validator(mode="after")
    def _provider(self) -> Self:
        """A provider without our account there, or without an address to come back to, lets nobody in."""
        local = self.oidc_issuer.startswith(("http://127.0.0.1:", "http://localhost:"))
        if self.oidc_issuer and not (self.oidc_issuer.startswith("https://") or local):
            raise ValueError("CHEVALEMENT_OIDC_ISSUER must begin with https://")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret and self.public_url):
            raise ValueError("CHEVALEMENT_OIDC_ISSUER needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL")
        return self

    @classmethod
    def load(cls, **changes: object) -> Self:
        """Read the environment; `changes` win over it. Raises `WrongSetting`."""
        try:
            return cls(**changes)  # type: ignore[arg-type] # checked by pydantic
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else f"{PREFIX}*"
            value = "…" if name.endswith(SECRET) or not first["loc"] else str(first["input"])
            raise WrongSetting(f"{name}={value!r}: {first['msg']}") from None

    def database_of(self, service: str) -> str:
        """The database URL of `service`."""
        if service not in SERVICES:
            raise ValueError(f"unknown service {service!r}; use one of {', '.join(SERVICES)}")
        if self.database_url:
            return self.database_url.replace("{service}", service)
        self.data.mkdir(parents=True, exist_ok=True)
        return f"sqlite+aiosqlite:///{self.data.resolve() / service}.db"

    @property
    def documents_folder(self) -> Path:
        """Where joined files are kept; outside of anything that is served."""
        return Path(self.documents) if self.documents else self.data.resolve() / "documents"

    def signing_key(self) -> str:
        """The key that signs sessions; made and kept in the data folder when none is set."""
        if self.secret:
            return self.secret
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=True)
            path.write_text(secrets.token_urlsafe(32))
        return path.read_text().strip()
