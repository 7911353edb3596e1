"""The settings: typed, checked together, read from the environment and from a `.env` file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
)

from bot.env_file import EnvFile, read_env_file
from bot.errors import SettingsError
from rendering.mail_address import address

SLACK_API: Final = "https://slack.com/api/"
OWN_QUESTIONS: Final = "questions.yaml"
"""An admin's own questions, in the data folder (docs/question-bank.md)."""

SLACK_HOSTS: Final = ("slack.com", "slack-gov.com")

FERNET_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=")
"""32 bytes in URL-safe base64: what Fernet takes as a key."""

SQLITE_URL: Final = re.compile(r"sqlite(\+\w+)?:///(?!:memory:)(?P<file>[^?]+)(\?.*)?")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
SMTP_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?")
TOKEN_PREFIX: Final = re.compile(r"xox[a-z](?=[-.])|xapp(?=-)")
FOLLOW_UP_ERROR: Final = "default_factory_not_called"
"""Pydantic's report that a default was not computed, because another setting is wrong."""

HIGHEST_PORT: Final = 65_535
LOWEST_RATE: Final = 10
HIGHEST_RATE: Final = 60_000
"""Messages a minute. With fewer than the lowest, what is claimed could not be started in time."""

OWN_PREFIX: Final = "CAREER_"
SHARED_PREFIXES: Final = ("SLACK_", "SMTP_")


class Mode(StrEnum):
    """How the bot connects to Slack."""

    SANDBOX = "sandbox"
    SOCKET = "socket"
    HTTP = "http"


class Tls(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


SMTP_PORTS: Final = {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 25}


@dataclass(frozen=True)
class MailServer:
    """The server that takes mail, and whose mail it is. The password is a secret, so that printing this shows none."""

    host: str
    port: int
    tls: Tls
    sender: Address
    user: str | None = None
    password: SecretStr | None = None


def _api_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"should be an address such as {SLACK_API}.")
    return text.rstrip("/") + "/"


def _database_url(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    backend = url.partition(":")[0].partition("+")[0]
    if backend == "sqlite":
        if not SQLITE_URL.fullmatch(url):
            raise ValueError(
                "should name a file, as in sqlite:///data/career.sqlite3 (a database in memory is lost at exit)."
            )
    elif backend in {"postgres", "postgresql"}:
        _check_postgresql(url)
    else:
        raise ValueError("should start with sqlite:/// or postgresql://.")
    return secret


def _check_postgresql(url: str) -> None:
    """Refuse an address that would be read differently than it was meant. Its parts may be secret: none is repeated."""
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname or parts.query) and len(parts.path) > 1
        sound = complete and not parts.fragment and parts.port != 0 and parts.netloc.count("@") <= 1
    except ValueError:  # the port is not a number
        sound = False
    if not sound:
        raise ValueError(
            "should look like postgresql://user:password@host:5432/database. "
            "In a password, write @ as %40, : as %3A, / as %2F, # as %23 and ? as %3F."
        )


def _encryption_keys(secret: SecretStr) -> SecretStr:
    keys = _listed(secret)
    wrong = [str(place) for place, key in enumerate(keys, start=1) if not FERNET_KEY.fullmatch(key)]
    if wrong:
        raise ValueError(
            f"has {len(keys)} key(s), and number {', '.join(wrong)} is not a Fernet key (44 characters, ending in =); "
            ".env.example says how to create one."
        )
    return SecretStr(",".join(keys))


def _bot_tokens(secret: SecretStr) -> SecretStr:
    tokens = _listed(secret)
    if not tokens:
        raise ValueError("contains no token.")
    if len(set(tokens)) < len(tokens):
        raise ValueError("lists a token twice. Each workspace has its own.")
    return SecretStr(",".join(tokens))


def _listed(secret: SecretStr) -> tuple[str, ...]:
    """Secrets separated by commas, without surrounding blanks and empty ones."""
    return tuple(each.strip() for each in secret.get_secret_value().split(",") if each.strip())


def _folder(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError("refers to the home folder of a user who does not exist on this machine.") from error


def _port(port: int) -> int:
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError(f"should be between 1 and {HIGHEST_PORT}, or 0 for any free one.")
    return port


def _smtp_port(port: int) -> int:
    if not 1 <= port <= HIGHEST_PORT:
        raise ValueError(f"should be between 1 and {HIGHEST_PORT}.")
    return port


def _rate(messages: int) -> int:
    if not LOWEST_RATE <= messages <= HIGHEST_RATE:
        raise ValueError(f"should be between {LOWEST_RATE} and {HIGHEST_RATE}.")
    return messages


def _smtp_host(host: str) -> str:
    if not SMTP_HOST.fullmatch(host):
        raise ValueError("should be the name of a mail server, as in smtp.example.com (the port has its own setting).")
    return host


def _smtp_from(text: str) -> str:
    _sender(text)
    return text


def _sender(text: str) -> Address:
    name, spec = parseaddr(text)
    try:
        return address(name, spec)
    except ValueError:
        raise ValueError("should be an address, as in Career <career@example.com>.") from None


def _default_database(earlier: dict[str, Any]) -> SecretStr:
    return SecretStr(f"sqlite:///{earlier['career_data_dir'] / 'career.sqlite3'}")


Port = Annotated[int, AfterValidator(_port)]


class Settings(BaseModel):
    """The bot's configuration. Each setting is the environment variable of the same name in capitals.

    Secrets show as asterisks wherever a `Settings` is printed.
    """

    model_config = ConfigDict(frozen=True, validate_default=True, hide_input_in_errors=True)

    slack_bot_token: Annotated[SecretStr, AfterValidator(_bot_tokens)] | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = SLACK_API
    messages_per_minute: Annotated[int, AfterValidator(_rate)] = 300  # in one workspace
    host: str = "127.0.0.1"
    port: Port = 3000
    sandbox_port: Port = 8787
    career_data_dir: Annotated[Path, AfterValidator(_folder)] = Path("data")
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(default_factory=_default_database)
    career_encryption_keys: Annotated[SecretStr, AfterValidator(_encryption_keys)] | None = None
    smtp_host: Annotated[str, AfterValidator(_smtp_host)] | None = None
    smtp_port: Annotated[int, AfterValidator(_smtp_port)] | None = None
    smtp_tls: Annotated[Literal["starttls", "tls", "none"], BeforeValidator(lambda s: str(s).lower())] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: Annotated[str, AfterValidator(_smtp_from)] | None = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(lambda s: str(s).lower())
    ] = "info"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(lambda s: str(s).lower())] = "console"
    _configured_folder: Path | None = PrivateAttr(default=None)

    @property
    def mode(self) -> Mode:
        """How to connect to Slack. With both an app token and a signing secret it is Socket Mode."""
        if self.slack_bot_token is None:
            return Mode.SANDBOX
        return Mode.HTTP if self.slack_app_token is None else Mode.SOCKET

    @property
    def bot_tokens(self) -> tuple[str, ...]:
        """The bot tokens, one per workspace; empty for the sandbox."""
        return _listed(self.slack_bot_token) if self.slack_bot_token else ()

    @property
    def encryption_keys(self) -> tuple[str, ...]:
        """The Fernet keys, the one to encrypt with first; empty when the key file in the data folder is used."""
        return _listed(self.career_encryption_keys) if self.career_encryption_keys else ()

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database; None on PostgreSQL."""
        found = SQLITE_URL.fullmatch(self.database_url.get_secret_value())
        return Path(found["file"]) if found else None

    @property
    def mail_server(self) -> MailServer | None:
        """The server that takes mail; None where mail is not set up."""
        if self.smtp_host is None or self.smtp_from is None:
            return None
        tls = Tls(self.smtp_tls)
        return MailServer(
            host=self.smtp_host,
            port=self.smtp_port or SMTP_PORTS[tls],
            tls=tls,
            sender=_sender(self.smtp_from),
            user=self.smtp_user,
            password=self.smtp_password,
        )

    @property
    def keeps_files(self) -> bool:
        """Whether anything is written to the data folder: the database, the key file or the sandbox."""
        return self.database_file is not None or not self.encryption_keys or self.mode is Mode.SANDBOX

    def moved_to(self, folder: Path, *, with_database: bool = False) -> Self:
        """The same settings with another data folder.

        A database that was named explicitly stays where it is, unless it is to be a new one in the folder as well.
        """
        update: dict[str, Any] = {"career_data_dir": folder}
        if with_database or "database_url" not in self.model_fields_set:
            update["database_url"] = _default_database(update)
        moved = self.model_copy(update=update)
        moved._configured_folder = self._configured_folder or self.career_data_dir  # noqa: SLF001 - of the same class
        return moved

    def with_mail_on_this_machine(self) -> Self:
        """The same settings without a mail server elsewhere: from a sandbox nothing leaves this machine."""
        return self if self.smtp_host in LOOPBACK else self.model_copy(update={"smtp_host": None})

    @property
    def own_questions(self) -> Path:
        """The file of the admin's own questions, in the configured data folder (not the sandbox's own, inside it)."""
        return (self._configured_folder or self.career_data_dir) / OWN_QUESTIONS


KNOWN: Final = tuple(name.upper() for name in Settings.model_fields)


def load_settings(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """The settings from `environ`; what it does not set comes from `env_file`, which need not exist.

    Raises `SettingsError` with everything that is wrong. No message repeats a secret.
    """
    in_file = EnvFile({}, ()) if env_file is None else read_env_file(env_file)
    given = {name: value for name, value in _clean(in_file.values).items() if name in KNOWN}
    given |= {name: value for name, value in _clean(environ).items() if name in KNOWN}
    problems = [*in_file.problems, *_unknown_names(environ, in_file), *_slack_problems(given), *_mail_problems(given)]
    try:
        settings = Settings.model_validate({name.lower(): value for name, value in given.items()})
    except ValidationError as error:
        problems += [
            _in_plain_words(found["loc"][0], found)
            for found in error.errors(include_input=False)
            if found["type"] != FOLLOW_UP_ERROR
        ]
        raise SettingsError(*problems) from None  # the cause would show the values
    if problems:
        raise SettingsError(*problems)
    return settings


def _clean(values: Mapping[str, str]) -> dict[str, str]:
    """Values without surrounding blanks. An empty one counts as not set."""
    return {name: value.strip() for name, value in values.items() if value.strip()}


def _in_plain_words(field: Any, found: Any) -> str:
    name = str(field).upper()
    match found["type"]:
        case "value_error":
            return f"{name} {found['ctx']['error']}"
        case "literal_error":
            return f"{name} should be one of {found['ctx']['expected'].replace(chr(39), '')}."
        case "int_parsing":
            return f"{name} should be a number."
        case _:
            return f"{name}: {found['msg']}."


def _unknown_names(environ: Mapping[str, str], in_file: EnvFile) -> list[str]:
    """Names that look like ours but are not.

    Only `CAREER_` is ours alone: the others may belong to another program, unless they are in our own file.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - rarely needed, and slow to import

    problems = []
    for name in dict.fromkeys([*in_file.values, *environ]):
        if name in KNOWN or not (
            name.startswith(OWN_PREFIX) or (name in in_file.values and name.startswith(SHARED_PREFIXES))
        ):
            continue
        likely = get_close_matches(name, KNOWN, n=1, cutoff=0.75)
        if likely:
            problems.append(f"{name} is not a setting. Did you mean {likely[0]}?")
        elif name.startswith(OWN_PREFIX):
            problems.append(f"{name} is not a setting; .env.example lists them all.")
    return problems


def _slack_problems(given: Mapping[str, str]) -> list[str]:
    """What is missing to connect to Slack either way, and tokens of the wrong kind."""
    tokens = {name for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET") if name in given}
    problems = []
    if tokens == {"SLACK_BOT_TOKEN"}:
        problems.append(
            "SLACK_BOT_TOKEN is set, but how should Slack reach the bot? "
            "Add SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
        )
    elif "SLACK_BOT_TOKEN" not in tokens and (tokens or "SLACK_API_URL" in given):
        missing = "SLACK_BOT_TOKEN"
        if not tokens:
            missing += ", and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"
        is_set = " and ".join(sorted(tokens) or ["SLACK_API_URL"])
        verb = "are" if len(tokens) > 1 else "is"
        problems.append(
            f"{is_set} {verb} set, but more is needed: add {missing}. Without Slack settings, it runs in the sandbox."
        )
    if _is_slack(given.get("SLACK_API_URL", SLACK_API)):
        problems += _wrong_prefix("SLACK_BOT_TOKEN", "xoxb", "Bot User OAuth Token", given)
        problems += _wrong_prefix("SLACK_APP_TOKEN", "xapp", "app-level token", given)
    return problems


def _mail_problems(given: Mapping[str, str]) -> list[str]:
    """What is missing to send mail, and a password that would travel in the clear."""
    names = [name for name in KNOWN if name.startswith("SMTP_") and name in given]
    missing = [name for name in ("SMTP_HOST", "SMTP_FROM") if name not in given]
    problems = []
    if names and missing:
        verb = "are" if len(names) > 1 else "is"
        problems.append(
            f"{', '.join(names)} {verb} set, but to send mail more is needed: add {' and '.join(missing)}. "
            "Without SMTP settings, no mail is sent."
        )
    if ("SMTP_USER" in given) is not ("SMTP_PASSWORD" in given):
        has, lacks = ("USER", "PASSWORD") if "SMTP_USER" in given else ("PASSWORD", "USER")
        problems.append(f"SMTP_{has} is set without SMTP_{lacks}. Add it, or remove both.")
    if given.get("SMTP_TLS", "").lower() == Tls.NONE and "SMTP_PASSWORD" in given:
        problems.append(
            "SMTP_TLS=none would send SMTP_PASSWORD unencrypted. Use starttls or tls, or a server without a password."
        )
    return problems


def _is_slack(api_url: str) -> bool:
    """Whether an address is Slack's own. Other servers may issue tokens of any form."""
    try:
        host = urlsplit(api_url).hostname or ""
    except ValueError:
        return False
    return any(host == own or host.endswith("." + own) for own in SLACK_HOSTS)


def _wrong_prefix(name: str, prefix: str, kind: str, given: Mapping[str, str]) -> list[str]:
    problems = []
    for token in _listed(SecretStr(given.get(name, ""))):
        if token.startswith(prefix + "-"):
            continue
        found = TOKEN_PREFIX.match(token)
        instead = f" This one starts with {found[0]}-, so it is another kind of token." if found else ""
        problems.append(f"{name} should be the app's {kind}, which starts with {prefix}-.{instead}")
    return list(dict.fromkeys(problems))
