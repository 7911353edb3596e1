from pathlib import Path
from string import ascii_letters, digits

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import KNOWN, Mode, Tls, load_settings

BOT = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc"}
APP = {"SLACK_APP_TOKEN": "xapp-1-A1-2-abc"}
SIGNING = {"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}

secrets = st.text(ascii_letters + digits + "-", min_size=12, max_size=40)


def problems(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    """The problems reported for wrong settings."""
    with pytest.raises(SettingsError) as error:
        load_settings(environ, env_file)
    return list(error.value.problems)


def test_no_settings_mean_the_sandbox():
    """With nothing set the sandbox runs, and everything is kept in the data folder."""
    settings = load_settings({}, None)
    assert settings.mode is Mode.SANDBOX
    assert settings.database_url.get_secret_value() == "sqlite:///data/career.sqlite3"
    assert settings.encryption_keys == ()


@pytest.mark.parametrize(
    ("environ", "mode"),
    [(BOT | APP, Mode.SOCKET), (BOT | SIGNING, Mode.HTTP), (BOT | APP | SIGNING, Mode.SOCKET)],
)
def test_tokens_choose_how_to_connect(environ: dict[str, str], mode: Mode):
    """An app token means Socket Mode, also beside a signing secret; a signing secret alone means HTTP."""
    assert load_settings(environ, None).mode is mode


@pytest.mark.parametrize(
    ("environ", "parts"),
    [
        (BOT, ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "Add"]),
        (APP, ["SLACK_APP_TOKEN is set", "add SLACK_BOT_TOKEN"]),
        (SIGNING, ["SLACK_SIGNING_SECRET is set", "add SLACK_BOT_TOKEN"]),
        (APP | SIGNING, ["are set", "add SLACK_BOT_TOKEN"]),
        ({"SLACK_API_URL": "https://slack.example.com/api"}, ["SLACK_API_URL is set", "SLACK_BOT_TOKEN, and"]),
    ],
)
def test_half_a_connection_says_what_to_add(environ: dict[str, str], parts: list[str]):
    """Settings that are incomplete for either way to Slack name exactly what is missing."""
    (problem,) = problems(environ)
    assert all(part in problem for part in parts), problem


def test_tokens_of_the_wrong_kind_are_named_by_their_kind_only():
    """A token put in the wrong place is recognised by its prefix, and nothing else of it is repeated."""
    first, second = problems({"SLACK_BOT_TOKEN": "xapp-1-secretpart", "SLACK_APP_TOKEN": "xoxp-secretpart"})
    assert "starts with xoxb-. This one starts with xapp-" in first
    assert "starts with xapp-. This one starts with xoxp-" in second
    assert "secretpart" not in first + second


def test_several_workspaces_have_a_token_each():
    """Tokens are split at commas; each is checked, and none may be listed twice."""
    environ = {"SLACK_BOT_TOKEN": " xoxb-1-a, xoxb-2-b ,"} | APP
    assert load_settings(environ, None).bot_tokens == ("xoxb-1-a", "xoxb-2-b")
    (problem,) = problems({"SLACK_BOT_TOKEN": "xoxb-1-a,xoxp-2-secretpart"} | APP)
    assert "This one starts with xoxp-" in problem
    assert "secretpart" not in problem
    assert problems({"SLACK_BOT_TOKEN": "xoxb-1-a,xoxb-1-a"} | APP) == [
        "SLACK_BOT_TOKEN lists a token twice. Each workspace has its own."
    ]
    assert problems({"SLACK_BOT_TOKEN": ","} | APP) == ["SLACK_BOT_TOKEN contains no token."]


def test_only_sqlite_has_a_file():
    """The file of a SQLite database is found however its address is written; PostgreSQL has none."""
    assert load_settings({}, None).database_file == Path("data/career.sqlite3")
    urls = {"sqlite:////var/lib/career.db": Path("/var/lib/career.db"), "sqlite+aiosqlite:///x.db?a=b": Path("x.db")}
    assert {url: load_settings({"DATABASE_URL": url}, None).database_file for url in urls} == urls
    assert load_settings({"DATABASE_URL": "postgresql://u:p@h/career"}, None).database_file is None


def test_other_servers_may_issue_tokens_of_any_form():
    """Where the API is not Slack's, the form of a token is not checked."""
    environ = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:9/api"}
    settings = load_settings(environ, None)
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


def test_govslack_checks_tokens_too():
    """GovSlack is Slack: its tokens have the same prefixes."""
    environ = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "https://slack-gov.com/api/"}
    assert "xoxb-" in problems(environ)[0]


@pytest.mark.parametrize("port", ["-1", "65536", "http", "80.5"])
def test_a_port_is_a_number_in_range(port: str):
    """A port that is not a number in range is refused, and named."""
    assert problems({"PORT": port})[0].startswith("PORT should be")


@pytest.mark.parametrize("rate", ["9", "60001", "-300", "many", "0.5"])
def test_the_rate_of_messages_is_a_number_in_range(rate: str):
    """A rate that could not be kept is refused, and named."""
    assert problems({"MESSAGES_PER_MINUTE": rate})[0].startswith("MESSAGES_PER_MINUTE should be")
    assert load_settings({"MESSAGES_PER_MINUTE": "600"}, None).messages_per_minute == 600


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/x.sqlite3",
        "sqlite:////var/lib/career.db",
        "sqlite+aiosqlite:///x.db",
        "postgres://u:p@h/career",
        "postgresql://u:p%40ss@h:5432/career?sslmode=require",
        "postgresql+psycopg://u@h/career",
        "postgresql:///career?host=/run/postgresql",
    ],
)
def test_common_database_urls_are_accepted(url: str):
    """The usual ways to write a database's address are accepted and kept unchanged."""
    assert load_settings({"DATABASE_URL": url}, None).database_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hush@h/career",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://u:hush@h",
        "postgresql://u:hu#sh@h/career",
        "postgresql://u:hu/sh@h/career",
        "postgresql://u:hu@sh@h/career",
        "postgresql://u:hu[sh@h/career",
        "hush",
    ],
)
def test_unusable_database_urls_are_refused(url: str):
    """Another kind of database, one in memory, or an unescaped password is refused without repeating it."""
    (problem,) = problems({"DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL should")
    assert not {"hush", "hu#sh", "hu/sh", "hu@sh", "hu[sh"} & set(problem.split())
    assert "hu" not in problem.replace("should", "")


def test_each_encryption_key_is_checked():
    """Keys are split at commas, blanks are ignored, and a wrong key is named by its position."""
    one, two = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert load_settings({"CAREER_ENCRYPTION_KEYS": f" {one}, {two} ,"}, None).encryption_keys == (one, two)
    (problem,) = problems({"CAREER_ENCRYPTION_KEYS": f"{one},{two[:-2]}"})
    assert "number 2" in problem
    assert two[:-2] not in problem


def test_keys_that_are_only_commas_are_no_keys():
    """A list of empty keys counts as not set."""
    assert load_settings({"CAREER_ENCRYPTION_KEYS": " , "}, None).encryption_keys == ()


def test_an_unknown_home_folder_is_reported():
    """A `~name` that this machine does not know is a problem, not a crash."""
    assert problems({"CAREER_DATA_DIR": "~nobody-of-this-name/data"})[0].startswith(
        "CAREER_DATA_DIR refers to the home"
    )


def test_the_environment_wins_over_the_file(tmp_path: Path):
    """`.env` supplies what the environment does not set; an empty variable counts as not set."""
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=4000\nexport HOST='0.0.0.0'\nLOG_FORMAT=JSON\n")
    settings = load_settings({"PORT": "5000", "HOST": ""}, env_file)
    assert (settings.port, settings.host, settings.log_format) == (5000, "0.0.0.0", "json")  # noqa: S104 - an example


def test_likely_typos_are_pointed_out(tmp_path: Path):
    """A name close to a setting is pointed out; another program's `SLACK_` variables are ignored."""
    env_file = tmp_path / ".env"
    env_file.write_text("SLACK_BOT_TOKN=x\nSLACK_WEBHOOK_FOR_DEPLOYS=x\nOTHER=x\n")
    environ = {"CAREER_ENCRYPTION_KEY": "x", "CAREER_FOO": "1", "SLACK_API_TOKEN": "x"}
    assert problems(environ, env_file) == [
        "SLACK_BOT_TOKN is not a setting. Did you mean SLACK_BOT_TOKEN?",
        "CAREER_ENCRYPTION_KEY is not a setting. Did you mean CAREER_ENCRYPTION_KEYS?",
        "CAREER_FOO is not a setting; .env.example lists them all.",
    ]


def test_a_broken_env_file_is_reported_by_line(tmp_path: Path):
    """A line that cannot be parsed is reported with its number; so is a file that is not text, or a folder."""
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=1\n\nHOST='open\n")
    assert problems({}, env_file)[0].startswith(f"{env_file}, line 3:")
    env_file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in problems({}, env_file)[0]
    assert "cannot be read" in problems({}, tmp_path)[0]


def test_all_problems_come_together():
    """All wrong settings are reported at once, so that one start is enough to find them."""
    environ = {"SLACK_APP_TOKEN": "x", "PORT": "x", "SANDBOX_PORT": "70000", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml"}
    reported = "\n".join(problems(environ))
    for name in (*environ, "SLACK_BOT_TOKEN"):
        assert name in reported


def test_the_sandbox_keeps_to_its_own_folder():
    """Moving the data folder moves the default database too, but not one that was named explicitly."""
    assert load_settings({}, None).moved_to(Path("d")).database_url.get_secret_value() == "sqlite:///d/career.sqlite3"
    named = load_settings({"DATABASE_URL": "sqlite:///x.db"}, None).moved_to(Path("d"))
    assert named.database_url.get_secret_value() == "sqlite:///x.db"
    demo = named.moved_to(Path("demo"), with_database=True)
    assert demo.database_url.get_secret_value() == "sqlite:///demo/career.sqlite3"


def test_the_example_file_lists_every_setting_and_changes_none():
    """Copying `.env.example` is the same as having no file, and no setting is missing from it."""
    example = Path(__file__).parents[2] / ".env.example"
    assert load_settings({}, example) == load_settings({}, None)
    assert all(f"#{name}=" in example.read_text(encoding="utf-8") for name in KNOWN)


@given(secrets, secrets, secrets, secrets)
def test_secrets_never_show(bot: str, app: str, signing: str, password: str):
    """Neither a `Settings` as text nor any message about it contains a secret."""
    environ = {
        "SLACK_BOT_TOKEN": f"xoxb-{bot}",
        "SLACK_APP_TOKEN": f"xapp-{app}",
        "SLACK_SIGNING_SECRET": signing,
        "DATABASE_URL": f"postgresql://me:{password}@db/career",
    }
    settings = load_settings(environ, None)
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    bad = {"DATABASE_URL": f"oracle://me:{password}@db/career", "CAREER_ENCRYPTION_KEYS": signing, "PORT": "x"}
    reported = "\n".join(problems(environ | bad | {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app}))
    for secret in (bot, app, signing, password):
        assert secret not in shown
        assert secret not in reported


@given(st.dictionaries(st.sampled_from(KNOWN), st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_any_value_is_accepted_or_explained(environ: dict[str, str]):
    """Every value leads either to settings or to a list of problems, each naming a setting."""
    try:
        load_settings(environ, None)
    except SettingsError as error:
        reported = error.problems
    else:
        reported = ()
    assert all(any(name in problem for name in KNOWN) for problem in reported)


MAIL = {"SMTP_HOST": "smtp.example.com", "SMTP_FROM": "Career <career@example.com>"}


def test_mail_is_off_until_its_server_and_sender_are_set():
    """Two settings are enough; the port follows from how the connection is encrypted."""
    assert load_settings({}, None).mail_server is None
    server = load_settings(MAIL, None).mail_server
    assert server is not None
    assert (server.host, server.port, server.tls, server.sender.addr_spec) == (
        "smtp.example.com", 587, Tls.STARTTLS, "career@example.com",
    )  # fmt: skip
    ports = {
        tls: found.port for tls in Tls if (found := load_settings(MAIL | {"SMTP_TLS": tls.upper()}, None).mail_server)
    }
    assert ports == {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 25}


@pytest.mark.parametrize(
    ("environ", "parts"),
    [
        ({"SMTP_HOST": "smtp.example.com"}, ["SMTP_HOST is set", "add SMTP_FROM"]),
        ({"SMTP_PORT": "587", "SMTP_TLS": "tls"}, ["are set", "add SMTP_HOST and SMTP_FROM"]),
        (MAIL | {"SMTP_USER": "career"}, ["SMTP_USER is set without SMTP_PASSWORD"]),
        (MAIL | {"SMTP_PASSWORD": "s3cret"}, ["SMTP_PASSWORD is set without SMTP_USER"]),
        (MAIL | {"SMTP_FROM": "Career"}, ["SMTP_FROM should be an address"]),
        (MAIL | {"SMTP_HOST": "smtp://smtp.example.com"}, ["SMTP_HOST should be the name"]),
        (MAIL | {"SMTP_PORT": "0"}, ["SMTP_PORT should be between 1 and"]),
        (MAIL | {"SMTP_PORT": "smtp"}, ["SMTP_PORT should be a number"]),
        (MAIL | {"SMTP_TLS": "ssl"}, ["SMTP_TLS should be one of starttls, tls or none"]),
        (MAIL | {"SMTP_TLS": "none", "SMTP_USER": "c", "SMTP_PASSWORD": "s3cret"}, ["would send SMTP_PASSWORD unenc"]),
    ],
)
def test_mail_that_cannot_work_says_what_to_change(environ: dict[str, str], parts: list[str]):
    """Each mistake is one problem, which names the setting and repeats no password."""
    (problem,) = problems(environ)
    assert all(part in problem for part in parts), problem
    assert "s3cret" not in problem


def test_a_mail_password_is_never_shown():
    """Neither printing the settings nor printing the server does, and a setting of mail that is misspelt is named."""
    settings = load_settings(MAIL | {"SMTP_USER": "career", "SMTP_PASSWORD": "s3cret"}, None)
    assert "s3cret" not in f"{settings!r}{settings.mail_server!r}"


def test_wrong_mail_settings_are_reported_together_with_all_others():
    """An admin reads everything at once."""
    found = problems({"SMTP_HOST": "smtp.example.com", "LOG_LEVEL": "loud", "PORT": "x"})
    assert {problem.split()[0] for problem in found} == {"SMTP_HOST", "LOG_LEVEL", "PORT"}


def test_from_a_sandbox_mail_goes_to_this_machine_only():
    """A sandbox with the settings of a company does not write to anyone; a server on this machine is fine."""
    assert load_settings(MAIL, None).with_mail_on_this_machine().mail_server is None
    server = load_settings(MAIL | {"SMTP_HOST": "localhost"}, None).with_mail_on_this_machine().mail_server
    assert server is not None
    assert server.host == "localhost"
