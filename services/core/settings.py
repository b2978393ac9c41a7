"""What the environment may set. Every name starts with `OTKEL_`; units stand in the names."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, computed_field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.core.database import PRACTICE, is_practice, practice_of


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OTKEL_", extra="ignore", frozen=True)

    data_dir: Path = Path("var")
    """Where the embedded database, the embedded broker and the last good board are kept."""
    database_url: str | None = None
    """PostgreSQL as `postgresql://user:password@host/name`. Unset: SQLite in the data directory."""
    redis_url: str | None = None
    """The broker as `redis://host:port/0`. Unset: files in the data directory."""
    assumptions_dir: Path | None = None
    """A folder with an `engine.toml`, `priors.toml` or `sources.toml` whose values take the place of those in
    `services/core/congestion`; read once, when a process starts. Unset: those alone."""
    keys_dir: Path | None = None
    """A folder with the private keys by which the service signs; every machine needs the same. Unset: `keys`
    in the data directory."""
    console_origin: Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")] = (
        "http://localhost:8080"
    )
    """Where officials open the console, as their browser writes it: passkeys belong to this host, and only
    pages of this origin may act. Elsewhere than on one's own machine it must be `https`."""
    osrm_url: str | None = None
    """An OSRM server that the worker asks for road times. Unset: the built-in road graph alone."""
    poll_seconds: Annotated[float, Field(gt=0, le=1)] = 0.25
    """How often an API process looks whether the ledger has moved."""
    stale_seconds: Annotated[float, Field(gt=0)] = 5
    """Answers say `stale` when the database has not been reached for this long."""
    advise_every_seconds: Annotated[int, Field(ge=10)] = 300
    """Advisories are recomputed at least this often."""

    editions_kept_days: Annotated[int, Field(ge=1)] = 100
    """For so long back it can be asked what was answered; the runs of the advisories are kept for that."""

    @field_validator("database_url")
    @classmethod
    def _is_real(cls, url: str | None) -> str | None:
        """A schema with the name of PostgreSQL's user is searched first, so that must be another."""
        try:
            if url and (is_practice(url) or make_url(url).username == PRACTICE):
                raise ValueError(f"would lead to the practice border, which alone is called {PRACTICE!r}")
        except ArgumentError:
            pass  # whoever connects is told what is wrong with it
        return url

    @computed_field  # type: ignore[prop-decorator]
    @property
    def database(self) -> str:
        """The database as SQLAlchemy wants it; PostgreSQL always through psycopg 3."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'otkel.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @computed_field  # type: ignore[prop-decorator]
    @property
    def keys_folder(self) -> Path:
        return self.keys_dir or self.data_dir / "keys"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def practice_database(self) -> str:
        """Where officials practise (docs/adr/0024): `practice.db` beside the embedded database, or the schema
        `practice` of the server's."""
        return practice_of(self.database)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def practice_keys_folder(self) -> Path:
        """The keys by which the practice border signs: `practice-keys` beside `keys`."""
        real = self.keys_folder.absolute()
        return real.parent / f"{PRACTICE}-{real.name}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def board_file(self) -> Path:
        return self.data_dir / "board.json"
