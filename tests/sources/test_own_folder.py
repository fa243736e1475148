"""What evalgate makes is never committed by mistake."""

from pathlib import Path

from evalgate.sources.own_folder import make_folder


def test_a_new_folder_of_ours_ignores_itself(tmp_path: Path) -> None:
    """However deep in it the first file is; a folder elsewhere gets nothing."""
    make_folder(tmp_path / ".evalgate" / "runs" / "r1")
    make_folder(tmp_path / "runs")

    [ignoring] = tmp_path.rglob(".gitignore")
    assert ignoring == tmp_path / ".evalgate" / ".gitignore"
    assert ignoring.read_text("utf-8").endswith("\n*\n")


def test_what_somebody_wrote_there_stays(tmp_path: Path) -> None:
    """Nor is one written into a folder that was there already."""
    own = tmp_path / ".evalgate"
    own.mkdir()
    make_folder(own / "runs")
    assert not (own / ".gitignore").exists()

    (own / ".gitignore").write_text("mine")
    make_folder(own)

    assert (own / ".gitignore").read_text() == "mine"
