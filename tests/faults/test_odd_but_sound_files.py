"""Files that other tools write, folders that other people have: odd, and read all the same."""

from pathlib import Path

import pytest

from fault_projects import GOOD, NEARLY, refused, verdict
from small_project import MakeProject, ProjectOnDisk, answers, cases, lines, quiz


def as_windows_writes_it(text: str) -> bytes:
    """The same text with a byte order mark and with CR LF."""
    return b"\xef\xbb\xbf" + text.encode().replace(b"\n", b"\r\n")


def test_crlf_and_a_byte_order_mark_change_nothing(project: MakeProject) -> None:
    """Every file may have them; the result is the same text."""
    files = quiz(GOOD, NEARLY)
    plain = project(files).run("compare", "old", "new")

    odd = project({name: as_windows_writes_it(text) for name, text in files.items()})

    assert odd.run("check").code == 0
    assert odd.run("compare", "old", "new") == plain


def test_a_fault_in_a_crlf_file_has_its_own_line(project: MakeProject) -> None:
    """The line's end is not counted twice, and is no part of the fault."""
    broken = cases(2) + '{"id": "q3"\n'
    files = {"evalsets/quiz/v1.jsonl": as_windows_writes_it(broken)}

    assert project({**quiz(GOOD, GOOD), **files}).run("check") == refused(
        "evalsets/quiz/v1.jsonl:3:12: is not JSON: Expecting ',' delimiter"
    )


def test_a_folder_with_spaces_and_other_letters(
    project: MakeProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs, reports and messages work where the path is not ASCII."""
    beside = project({})
    root = tmp_path / "Prüfung für Ärzte 試験"
    repo = ProjectOnDisk(root, capsys, beside.monkeypatch)
    repo.write(quiz(GOOD, NEARLY))

    outcome = repo.run("compare", "old", "new", "-o", "Bericht ü.md", "-o", "決定.json")

    assert outcome.code == 0
    assert "**verdict: " in repo.read("Bericht ü.md")
    assert repo.run("verify", "決定.json").code == 0
    assert repo.run("gate", "latest").code == 0


def test_a_line_that_is_too_long_is_named(project: MakeProject) -> None:
    """It is not read into memory whole, and no case of it is guessed."""
    long = '{"id": "q4", "inputs": {"question": "' + "x" * (64 << 20) + '"}}\n'
    files = {"evalsets/quiz/v1.jsonl": cases(3) + long}

    assert project(quiz(GOOD, GOOD) | files).run("check") == refused(
        "evalsets/quiz/v1.jsonl:4: the line is longer than 64 MiB"
    )


def test_a_file_that_is_not_text_is_named(project: MakeProject) -> None:
    """A picture or UTF-16 is no gates file."""
    files = {"gates.yaml": b"\xff\xfes\x00"}

    assert project({**quiz(GOOD, GOOD), **files}).run("check") == refused(
        "gates.yaml:1: is not UTF-8 (save it as UTF-8)"
    )


def test_every_faulty_line_of_an_answers_file_is_told(project: MakeProject) -> None:
    """A line that cannot be an answer is the file's fault, not the candidate's."""
    wrong: list[dict[str, object]] = [
        {"id": "a b", "answer": "right"},
        {"ide": "q1", "answer": "right"},
        {"id": "q3", "answr": "right"},
        {"id": "q4", "answer": 1},
        {"id": "q5", "answer": "a", "error": "b"},
        {"id": "q6", "error": ""},
    ]
    files = {"candidates/new.jsonl": lines(wrong) + "[1]\n"}

    assert project(quiz(GOOD, GOOD) | files).run("compare", "old", "new") == refused(
        "candidates/new.jsonl:1: id: must be a text of 1 to 200 characters without spaces",
        "candidates/new.jsonl:2: id: must be a text of 1 to 200 characters without spaces",
        "candidates/new.jsonl:3: the key 'answr', which is not known (did you mean 'answer'?)",
        "candidates/new.jsonl:4: answer: input should be a valid string",
        "candidates/new.jsonl:5: error: stands beside answer; a line has an answer or an error",
        "candidates/new.jsonl:6: error: must be a text: why there is no answer",
        "candidates/new.jsonl:7: is not a JSON object",
    )


def test_answers_to_other_cases_are_no_answers(project: MakeProject) -> None:
    """A file whose ids fit no case covers nothing: exit 4, never a verdict."""
    strangers = lines([{"id": f"x{number}", "answer": "right"} for number in range(40)])
    files = quiz(GOOD, GOOD) | {"candidates/new.jsonl": strangers}

    outcome = project(files).run("compare", "old", "new")

    assert outcome.code == 4
    assert "     cases 40: 0 scored, 40 unanswered\n" in outcome.out
    assert verdict(outcome) == "verdict: undecided (low coverage), blocks (exit 4)"


def test_answers_beyond_the_evalset_are_left_alone(project: MakeProject) -> None:
    """A file may answer more cases than this version has; they decide nothing."""
    more = {"candidates/new.jsonl": answers([*NEARLY, False, False, False])}

    outcome = project(quiz(GOOD, NEARLY) | more).run("compare", "old", "new")

    assert "0.9750" in outcome.out
    assert outcome.code == 0


def test_cases_without_an_answer_lower_coverage(project: MakeProject) -> None:
    """Three of forty are too many to look away: 92.5 % is under min_coverage."""
    repo = project(quiz(GOOD, GOOD) | {"candidates/new.jsonl": answers([True] * 37)})

    outcome = repo.run("compare", "old", "new")

    assert outcome.code == 4
    assert (
        "     too few cases could be scored: coverage 92.5%, needed 95.0% (min_coverage)\n"
        in outcome.out
    )
    shown = repo.run("show", "latest", "q40")
    assert "  | candidates/new.jsonl has no line for this case\n" in shown.out
