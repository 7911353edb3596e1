from pathlib import Path

from bot.sandbox_workspace import SandboxWorkspace, claim_folder
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
