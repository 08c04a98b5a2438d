"""What an operator sets, from the environment. Every setting has a default that works on one machine."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Names in the environment: `DRAGOMAN_…` in capitals; the two database addresses also without it."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", extra="ignore", populate_by_name=True)

    data: Path = Path(".data")
    """Folder of the embedded database and the installation's secret key."""
    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    """A PostgreSQL of your own (15 or newer), as the role the desk runs as. Empty: the embedded one."""
    database_owner_url: str | None = Field(None, validation_alias="DATABASE_OWNER_URL")
    """The same database as the role that owns its tables, for migrations. Empty: `database_url`."""
    pg_account: str | None = None
    """Account that runs the embedded server when the desk is started as root."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    """How people reach the desk from outside, for links in mails; https here makes cookies `Secure`."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses (separated by commas) of the proxies in front, whose word on a client's address and https is taken."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 0
    """Port of the built-in mail receiver; 0 leaves it off."""
    lmtp_port: int = 0
    """Port of the same receiver for a local mail server's LMTP; 0 leaves it off."""
    smtp_domain: str = "desk.localhost"
    """The name by which the receiver greets, and of the Message-IDs the desk makes."""
    smtp_max_size: int = 60 * 1024 * 1024
    """Largest mail taken, in bytes."""
    upload_max_size: int = 25 * 1024 * 1024
    """Largest attachment an agent may add, in bytes."""
    allow_private_hosts: bool = False
    """Let mailboxes and other outgoing connections reach private addresses (a mail server in the office)."""
    secret_key: str | None = None
    """Base64 of 32 bytes; empty: made once and kept in the data folder."""
    password_check_url: str = ""
    """Where new passwords are looked up among those known from break-ins; empty: nowhere. The service must speak the
    range format of Have I Been Pwned (https://api.pwnedpasswords.com/range/ is the public one): it is sent the first
    five of forty digits of the password's SHA-1, never the password."""
    pool_size: int = 8
    poll_seconds: int = 60
    """How often IMAP mailboxes are asked for new mail."""
    reading: Literal["full", "light", "off"] = "full"
    """How messages are read for language, intent and mood: `full` with two encoders (about a hundred languages, some
    400 MB), `light` with one (sixteen languages, some 200 MB), `off` not at all."""
    undo_seconds: int = 10
    """How long a sent reply can be taken back."""
    api_per_minute: int = 1200
    """Requests that one access token may make in a minute; 0: as many as it likes."""
    pages_per_minute: int = 3000
    """Requests that one person's pages may make in a minute, all tabs together; 0: as many as they like."""
    metrics_token: str = ""
    """What Prometheus sends to read /metrics (`Authorization: Bearer …`). Empty: only this machine may read it, and
    not through a proxy."""
    metrics_port: int = 0
    """Port on which `dragoman worker`, which serves no pages, tells its figures; 0: nowhere."""
    otlp_endpoint: str = ""
    """Where traces go, as OTLP over HTTP (http://collector:4318); empty: nowhere, and nothing of it is loaded."""
    log_json: bool = False
    development: bool = False
    """Shows the style guide and error details. Never on the internet."""

    @cached_property
    def embedded(self) -> bool:
        """Whether the desk runs a PostgreSQL of its own."""
        return not self.database_url
