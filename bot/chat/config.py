"""Settings of the running bot, from the environment (WENZHEN_...) or a .env file. deploy/.env.example explains each."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.chat.setting_faults import SettingError

MIB = 1024 * 1024
_PROXY = re.compile(r"https?://[^\s/]+/?")


class Config(BaseSettings):
    """Everything an operator may set. What a moderator sets for one server lives in the store instead."""

    model_config = SettingsConfigDict(
        populate_by_name=True, env_prefix="WENZHEN_", env_file=".env", extra="ignore", frozen=True
    )

    token: SecretStr = Field(default=SecretStr(""), description="Bot token from the Discord developer portal.")
    database_url: str = Field(
        default="sqlite+aiosqlite:///wenzhen.db",
        description="SQLAlchemy address of the database; postgresql+asyncpg://... for several processes.",
    )
    knowledge_path: Path | None = Field(
        default=None, description="Folder of the knowledge; empty takes the one shipped with the program."
    )
    watch_knowledge: bool = Field(default=False, description="Reload the knowledge by itself when its files change.")
    hub: str = Field(
        default="https://huggingface.co",
        validation_alias=AliasChoices("WENZHEN_HUB", "HF_ENDPOINT"),
        description="Hub that is asked about models of which the name is a repository; empty asks none.",
    )
    proxy: str = Field(
        default="",
        description="Proxy for Discord and the hub, such as http://127.0.0.1:7890; empty takes HTTPS_PROXY, and goes "
        "directly without one.",
    )
    message_content: bool = Field(
        default=False,
        description="Read posts in help channels by itself. Needs the message content intent in the portal.",
    )
    shards: int | None = Field(default=None, ge=1, description="Number of shards; empty lets Discord decide.")
    sync_commands: bool = Field(default=True, description="Register the commands with Discord at every start.")
    owners: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="User ids that may /reload, by commas; empty takes the application's owner."
    )
    workers: int = Field(
        default=2, ge=0, le=64, description="Worker processes for reading logs; 0 uses threads of the bot itself."
    )
    worker_mb: int = Field(
        default=1024,
        ge=0,
        description="MiB that a worker process may take above what the knowledge takes (Linux); 0 sets no limit.",
    )
    queue: int = Field(default=256, ge=1, description="Jobs that may wait for a worker before the bot says it is busy.")
    job_seconds: float = Field(default=30, gt=0, description="Longest time in seconds that one job may take.")
    user_work_seconds: float = Field(
        default=40, gt=0, description="Seconds of a worker's time that one user may take in five minutes."
    )
    user_per_minute: int = Field(default=6, ge=1, description="Heavy commands per user and minute.")
    channel_per_minute: int = Field(default=30, ge=1, description="Heavy commands per channel and minute.")
    process_per_minute: int = Field(default=600, ge=1, description="Heavy commands per process and minute.")
    file_bytes: int = Field(default=10 * MIB, ge=1, description="Largest attachment that is read, in bytes.")
    pictures: bool = Field(
        default=True, description="Read the text in screenshots, where the extra is installed (make ocr)."
    )
    links: bool = Field(
        default=True, description="Open links to known paste sites (knowledge/pastes.yaml) in what people send."
    )
    files: int = Field(default=10, ge=1, le=20, description="Most attachments that are read in one go.")
    answer_days: int = Field(
        default=30, ge=1, description="Days for which answers (secrets masked) are kept, so that their buttons work."
    )
    feedback_days: int = Field(default=365, ge=1, description="Days for which feedback and corrections are kept.")
    solved_days: int = Field(
        default=365, ge=1, description="Days for which solved posts are remembered, where a server wants that."
    )
    unknown_days: int = Field(default=180, ge=1, description="Days for which unknown errors are remembered.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    guild_ready_seconds: float = Field(
        default=2.0, ge=0, description="How long the start waits for the next server of a shard, in seconds."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.strip().upper() if isinstance(value, str) else value

    @field_validator("hub")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(?:/\S*)?", value):
            raise SettingError(
                "must be an address such as https://hf-mirror.com, or empty (HF_ENDPOINT sets it too)",
                "必须是网址，例如 https://hf-mirror.com，也可以留空（HF_ENDPOINT 设的也算）",
            )
        return value

    @field_validator("proxy")
    @classmethod
    def _is_proxy(cls, value: str) -> str:
        """A proxy; it may come without its scheme."""
        return checked_proxy(value)

    @field_validator("knowledge_path")
    @classmethod
    def _is_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "failures").is_dir():
            raise SettingError(
                "names {value}, which is no folder of a knowledge: it must hold failures/",
                "写的 {value} 不是知识库文件夹：里面要有 failures/",
                value=value,
            )
        return value

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`1,2` in the environment is a set of two ids."""
        return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value

    @field_validator("knowledge_path", "shards", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value


def checked_proxy(value: str) -> str:
    """A proxy's address with its scheme. Raises SettingError for what is none that Discord's library can use."""
    address = value.strip()
    if address and "://" not in address:
        address = f"http://{address}"
    if address and not _PROXY.fullmatch(address):
        raise SettingError(
            "must be the address of an HTTP proxy with its port, such as http://127.0.0.1:7890; SOCKS is not supported "
            "(most proxy programs have an HTTP port too)",
            "必须是带端口的 HTTP 代理地址，例如 http://127.0.0.1:7890；不支持 SOCKS，代理软件一般也有 HTTP 端口",
        )
    return address
