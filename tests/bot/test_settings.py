from pathlib import Path
from string import ascii_letters, digits

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.refusals import SettingsProblems
from bot.settings import KNOWN, Mode, load_settings

BOT = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc"}
APP = {"SLACK_APP_TOKEN": "xapp-1-A1-2-abc"}
SIGNING = {"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}

secrets = st.text(ascii_letters + digits + "-", min_size=12, max_size=40)


def problems(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    """What is said about settings that have to be refused."""
    with pytest.raises(SettingsProblems) as refused:
        load_settings(environ, env_file)
    return list(refused.value.problems)


def test_no_settings_mean_the_sandbox():
    """With nothing set there is a sandbox, and everything lies in the data folder."""
    settings = load_settings({}, None)
    assert settings.mode is Mode.SANDBOX
    assert settings.database_url.get_secret_value() == "sqlite:///data/career.sqlite3"
    assert settings.encryption_keys == ()


@pytest.mark.parametrize(
    ("environ", "mode"),
    [(BOT | APP, Mode.SOCKET), (BOT | SIGNING, Mode.HTTP), (BOT | APP | SIGNING, Mode.SOCKET)],
)
def test_tokens_choose_the_way_to_slack(environ: dict[str, str], mode: Mode):
    """An app token means Socket Mode, also beside a signing secret; a signing secret alone means HTTP."""
    assert load_settings(environ, None).mode is mode


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (BOT, ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "Add"]),
        (APP, ["SLACK_APP_TOKEN is set", "add SLACK_BOT_TOKEN"]),
        (SIGNING, ["SLACK_SIGNING_SECRET is set", "add SLACK_BOT_TOKEN"]),
        (APP | SIGNING, ["are set", "add SLACK_BOT_TOKEN"]),
        ({"SLACK_API_URL": "https://slack.example.com/api"}, ["SLACK_API_URL is set", "SLACK_BOT_TOKEN, and"]),
    ],
)
def test_half_a_connection_says_what_to_add(environ: dict[str, str], said: list[str]):
    """Settings that reach Slack only half way name exactly what is missing."""
    (problem,) = problems(environ)
    assert all(words in problem for words in said), problem


def test_tokens_of_the_wrong_kind_are_named_by_their_kind_only():
    """A token put in the wrong place is recognised by its prefix, and nothing else of it is repeated."""
    first, second = problems({"SLACK_BOT_TOKEN": "xapp-1-secretpart", "SLACK_APP_TOKEN": "xoxp-secretpart"})
    assert "starts with xoxb-. This one starts with xapp-" in first
    assert "starts with xapp-. This one starts with xoxp-" in second
    assert "secretpart" not in first + second


def test_other_servers_give_out_tokens_as_they_like():
    """Where the API is not Slack's, any token will do."""
    environ = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:9/api"}
    settings = load_settings(environ, None)
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


def test_govslack_checks_tokens_too():
    """GovSlack is Slack: its tokens have the same prefixes."""
    environ = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "https://slack-gov.com/api/"}
    assert "xoxb-" in problems(environ)[0]


@pytest.mark.parametrize("port", ["-1", "65536", "http", "80.5"])
def test_a_port_is_a_number_in_range(port: str):
    """A port that cannot be is refused by name."""
    assert problems({"PORT": port})[0].startswith("PORT should be")


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
def test_databases_are_named_as_people_write_them(url: str):
    """Usual ways to write a database's address are taken and kept as they are."""
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
def test_databases_that_cannot_be_are_refused(url: str):
    """A database of another kind, one in memory, or an unescaped password is pointed out without repeating it."""
    (problem,) = problems({"DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL should")
    assert not {"hush", "hu#sh", "hu/sh", "hu@sh", "hu[sh"} & set(problem.split())
    assert "hu" not in problem.replace("should", "")


def test_each_encryption_key_is_checked():
    """Keys are split at commas, blanks are forgiven, and a wrong one is named by its place."""
    one, two = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert load_settings({"CAREER_ENCRYPTION_KEYS": f" {one}, {two} ,"}, None).encryption_keys == (one, two)
    (problem,) = problems({"CAREER_ENCRYPTION_KEYS": f"{one},{two[:-2]}"})
    assert "number 2" in problem
    assert two[:-2] not in problem


def test_keys_that_are_only_commas_are_no_keys():
    """Nothing between the commas counts as nothing set."""
    assert load_settings({"CAREER_ENCRYPTION_KEYS": " , "}, None).encryption_keys == ()


def test_an_unknown_home_folder_is_told():
    """A `~somebody` that this machine does not know is a problem, not a crash."""
    assert problems({"CAREER_DATA_DIR": "~nobody-of-this-name/data"})[0].startswith("CAREER_DATA_DIR names the home")


def test_the_environment_wins_over_the_file(tmp_path: Path):
    """`.env` fills in what the environment does not say; an empty variable says nothing."""
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=4000\nexport HOST='0.0.0.0'\nLOG_FORMAT=JSON\n")
    settings = load_settings({"PORT": "5000", "HOST": ""}, env_file)
    assert (settings.port, settings.host, settings.log_format) == (5000, "0.0.0.0", "json")  # noqa: S104 - an example


def test_likely_typos_are_pointed_out(tmp_path: Path):
    """A name close to a setting is asked about; somebody else's `SLACK_` variables are left alone."""
    env_file = tmp_path / ".env"
    env_file.write_text("SLACK_BOT_TOKN=x\nSLACK_WEBHOOK_FOR_DEPLOYS=x\nOTHER=x\n")
    environ = {"CAREER_ENCRYPTION_KEY": "x", "CAREER_FOO": "1", "SLACK_API_TOKEN": "x"}
    assert problems(environ, env_file) == [
        "SLACK_BOT_TOKN is not a setting. Did you mean SLACK_BOT_TOKEN?",
        "CAREER_ENCRYPTION_KEY is not a setting. Did you mean CAREER_ENCRYPTION_KEYS?",
        "CAREER_FOO is not a setting; .env.example lists them all.",
    ]


def test_a_broken_env_file_is_told_by_line(tmp_path: Path):
    """A line that nobody can read is a problem with its number; so is a file that is no text, or no file."""
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=1\n\nHOST='open\n")
    assert problems({}, env_file)[0].startswith(f"{env_file}, line 3:")
    env_file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in problems({}, env_file)[0]
    assert "cannot be read" in problems({}, tmp_path)[0]


def test_all_problems_come_together():
    """Every wrong setting is told at once, so that nobody mends them one start at a time."""
    environ = {"SLACK_APP_TOKEN": "x", "PORT": "x", "SANDBOX_PORT": "70000", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml"}
    told = "\n".join(problems(environ))
    for name in (*environ, "SLACK_BOT_TOKEN"):
        assert name in told


def test_the_sandbox_keeps_to_its_own_folder():
    """Moving the data folder takes the default database along, and leaves one that was named on purpose."""
    assert load_settings({}, None).moved_to(Path("d")).database_url.get_secret_value() == "sqlite:///d/career.sqlite3"
    named = load_settings({"DATABASE_URL": "sqlite:///x.db"}, None).moved_to(Path("d"))
    assert named.database_url.get_secret_value() == "sqlite:///x.db"


def test_the_example_file_explains_every_setting_and_changes_none():
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
    told = "\n".join(problems(environ | bad | {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app}))
    for secret in (bot, app, signing, password):
        assert secret not in shown
        assert secret not in told


@given(st.dictionaries(st.sampled_from(KNOWN), st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_whatever_is_set_is_taken_or_explained(environ: dict[str, str]):
    """No value at all leads to anything but settings or a list of problems that name a setting each."""
    try:
        load_settings(environ, None)
    except SettingsProblems as refused:
        told = refused.problems
    else:
        told = ()
    assert all(any(name in problem for name in KNOWN) for problem in told)
