from pathlib import Path

from bot.sandbox_workspace import claim_folder


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
