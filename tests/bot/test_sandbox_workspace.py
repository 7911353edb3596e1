from datetime import date
from pathlib import Path

from bot.sandbox_workspace import SandboxWorkspace, _days_off, claim_folder
from bot.settings import load_settings


def test_a_second_sandbox_gets_its_own_folder(tmp_path: Path):
    """Two sandboxes never share their state; the first folder is free again when its sandbox has ended."""
    first, lock = claim_folder(tmp_path)
    second, other_lock = claim_folder(tmp_path)
    assert (first.name, second.name) == ("sandbox", "sandbox-2")
    lock.close()
    third, lock = claim_folder(tmp_path)
    assert third == first
    lock.close()
    other_lock.close()


def test_E12_no_mail_leaves_the_machine_from_a_sandbox(tmp_path: Path):
    """The bot of a sandbox gets no mail server elsewhere, whatever the settings of a company say."""
    mail = {"SMTP_HOST": "smtp.example.com", "SMTP_FROM": "career@example.com", "CAREER_DATA_DIR": str(tmp_path)}
    settings = load_settings(mail, None)
    assert settings.mail_server is not None
    assert SandboxWorkspace(settings).bot_settings().mail_server is None


def test_the_calendar_of_a_sandbox_knows_the_days_off_of_each_time_zone():
    """Public holidays by name and weekends, as the country of a time zone has them."""
    assert _days_off("Europe/Madrid", date(2027, 1, 5), date(2027, 1, 9)) == {
        date(2027, 1, 6): "Epiphany",
        date(2027, 1, 9): "Weekend",
    }
    assert list(_days_off("Asia/Riyadh", date(2027, 1, 6), date(2027, 1, 10))) == [date(2027, 1, 8), date(2027, 1, 9)]
    assert _days_off("UTC", date(2027, 1, 1), date(2027, 1, 2)) == {date(2027, 1, 2): "Weekend"}
