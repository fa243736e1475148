"""A change may not be its own judge by files that it lays where evalgate looks for its own."""

import json
from pathlib import Path

import pytest

from evalgate.results.manifests import seal_of
from evalgate.sources.digests import digest_of_file
from pull_requests import BASE, change, commit, committed, decided, loosened, policy_of
from small_project import GATES, MakeProject, Outcome, ProjectOnDisk, answers, lines, quiz
from under_git import git

GOOD = [True] * 60
WORSE = [True] * 30 + [False] * 30
SOFT = GATES.replace("0.5", "0.1").replace("max_drop: 0.1", "max_drop: 0.9")
HAS = GATES.replace("exact_match", "has")
JUDGE = "kind: contains\ntexts: [{}]\n"


def forged(run: Path) -> None:
    """Give every answer of a stored run the best score, sealed as somebody would who knows how."""
    file, manifest = run / "judgements.jsonl", run / "manifest.json"
    file.write_text(file.read_text("utf-8").replace('"score":0.0', '"score":1.0'), "utf-8")
    facts = json.loads(manifest.read_text("utf-8"))
    facts["judgements_digest"], facts["seal"] = digest_of_file(file), ""
    manifest.write_text(json.dumps({**facts, "seal": seal_of(facts)}), "utf-8")


def test_a_run_that_the_change_brings_along(project: MakeProject) -> None:
    """It would answer for the candidate, and it says whatever the change wants it to say."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"candidates/new.jsonl": answers(WORSE)})
    assert repo.run("run", "--base", BASE).code == 1
    (run,) = (repo.root / ".evalgate/runs").glob("*-new-*")
    forged(run)
    git(repo.root, "add", "--force", *map(str, (repo.root / ".evalgate/runs").glob("*/*.json*")))
    commit(repo)

    outcome = repo.run("run", "--base", BASE)

    assert outcome.code == 2
    assert outcome.err.startswith("error: .evalgate/runs/20")
    assert "is in the repository, with 4 more: runs and recordings are made" in outcome.err


@pytest.mark.parametrize("name", [".evalgate/recordings.db", ".Evalgate/recordings.db"])
def test_recordings_that_the_change_brings_along(project: MakeProject, name: str) -> None:
    """A judge's reply that is recorded is not asked for; on some disks in any case of letters."""
    repo = committed(project, quiz(GOOD, GOOD))
    repo.write({name: "SQLite format 3"})
    git(repo.root, "add", "--force", name)
    commit(repo)

    outcome = repo.run("run", "--base", BASE)

    assert (outcome.code, outcome.err.partition(": is in")[0]) == (2, f"error: {name}")


def linked(repo: ProjectOnDisk, name: str, to: Path | str) -> None:
    """Put a symbolic link in the place of a file."""
    (repo.root / name).unlink(missing_ok=True)
    (repo.root / name).symlink_to(to)


def merged(repo: ProjectOnDisk) -> None:
    """Take the change in: it is the base of the next one."""
    git(repo.root, "tag", "--force", BASE)


def of_link(outcome: Outcome) -> tuple[int, str]:
    """The exit code, and the link that is at fault."""
    place, is_link, _ = outcome.err.partition(": is a link out of its commit")
    other, absolute, _ = outcome.err.partition(": is an absolute link")
    assert is_link or absolute, outcome.err
    return outcome.code, (place if is_link else other).removeprefix("error: ")


@pytest.mark.parametrize(
    ("name", "strict", "soft"),
    [
        pytest.param("gates.yaml", GATES, SOFT, id="the gates"),
        pytest.param("waivers.yaml", "schema_version: 1\n", "schema_version: 1\n", id="waivers"),
        pytest.param("judges/has/judge.yaml", JUDGE.format("right"), JUDGE.format("r, w"),
                     id="a judge"),
    ],
)  # fmt: skip
def test_a_base_that_leads_into_the_change(
    project: MakeProject, name: str, strict: str, soft: str
) -> None:
    """What lies behind a link to the checkout is the change's own, in the base's name."""
    files = {**quiz(GOOD, GOOD), "judges/has/judge.yaml": JUDGE.format("right")}
    repo = committed(project, {**files, name: strict})
    change(repo, {"elsewhere.yaml": strict})
    linked(repo, name, repo.root / "elsewhere.yaml")
    commit(repo)

    before = repo.run("run", "--base", BASE)
    merged(repo)
    change(repo, {"elsewhere.yaml": soft, "candidates/new.jsonl": answers(WORSE)})
    after = repo.run("run", "--base", BASE)

    base = git(repo.root, "rev-parse", BASE)[:12]
    assert of_link(before) == (2, name)
    assert of_link(after) == (2, f"git:{base}:{name}")


def test_a_folder_that_leads_into_the_change(project: MakeProject) -> None:
    """A link on the way to a file is as good as one in its place."""
    repo = committed(
        project, {**quiz(GOOD, GOOD, HAS), "rubrics/has/judge.yaml": JUDGE.format("right")}
    )
    linked(repo, "judges", repo.root / "rubrics")
    commit(repo)
    merged(repo)
    change(repo, {"rubrics/has/judge.yaml": JUDGE.format("r, w")})

    base = git(repo.root, "rev-parse", BASE)[:12]
    assert of_link(repo.run("run", "--base", BASE)) == (2, f"git:{base}:judges")


def test_links_that_stay_in_their_commit(project: MakeProject) -> None:
    """Relative ones within the repository are files like any other; the others are not ours."""
    files = {**quiz(GOOD, GOOD, HAS), "rubrics/has/judge.yaml": JUDGE.format("right")}
    repo = committed(project, files)
    linked(repo, "judges", "rubrics")
    linked(repo, "elsewhere", "/usr/share")
    linked(repo, "nowhere", "nowhere")
    commit(repo)
    merged(repo)
    change(repo, {"rubrics/has/judge.yaml": JUDGE.format("r, w")})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("judge_changed", "has: judges/has/judge.yaml")]
    assert outcome.code == 3


def test_gates_that_hide_the_bases(project: MakeProject) -> None:
    """Whoever stands in a folder finds the nearest gates: new ones there are not the base's."""
    repo = committed(project, {**quiz(GOOD, GOOD), "app/README": "The application."})
    change(repo, {f"app/{name}": text for name, text in quiz(GOOD, WORSE, SOFT).items()})
    inside = ProjectOnDisk(repo.root / "app", repo.capsys, repo.monkeypatch)

    outcome, decision = decided(inside)

    assert loosened(decision) == [("suite_removed", "gates.yaml")]
    assert outcome.code == 3


def test_gates_that_were_taken_away_from_before_others(project: MakeProject) -> None:
    """Whoever stands in the folder finds those above it, which ask less."""
    of_app = {f"app/{name}": text for name, text in quiz(GOOD, GOOD).items()}
    repo = committed(project, {**quiz(GOOD, GOOD, SOFT), **of_app})
    change(repo, {"app/gates.yaml": None})
    inside = ProjectOnDisk(repo.root / "app", repo.capsys, repo.monkeypatch)

    outcome, decision = decided(inside)

    assert loosened(decision) == [("suite_removed", "app/gates.yaml")]
    assert outcome.code == 3


def test_a_judge_in_a_submodule(
    project: MakeProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A commit does not hold it, so that nobody knows what it was; never taken from the change."""
    other = tmp_path_factory.mktemp("rubrics")
    git(other, "init", "-q")
    (other / "judge.yaml").write_text(JUDGE.format("right"), "utf-8")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "a rubric")
    repo = project({**quiz(GOOD, GOOD, HAS), ".gitignore": ".evalgate/\n"})
    git(repo.root, "init", "-q")
    git(
        repo.root,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(other),
        "judges/has",
    )
    commit(repo)
    merged(repo)
    change(repo, {"candidates/new.jsonl": answers(WORSE)})

    outcome = repo.run("run", "--base", BASE)

    base = git(repo.root, "rev-parse", BASE)[:12]
    assert outcome.err == (
        f"error: git:{base}:judges/has: is not in the base, which names it: it is in the"
        " submodule judges/has, which a commit does not hold (keep it in the repository itself)\n"
    )
    assert outcome.code == 2


def test_a_judge_that_the_base_names_and_does_not_have(project: MakeProject) -> None:
    """Gates that are broken decide nothing, also where the change would mend them."""
    repo = committed(project, quiz(GOOD, GOOD, HAS))
    change(repo, {"judges/has/judge.yaml": JUDGE.format("right")})

    outcome = repo.run("run", "--base", BASE)

    assert (outcome.code, "mend the base's own gates.yaml" in outcome.err) == (2, True)


WORDS = "kind: python\nfunction: check:it\nscale: {kind: binary}\ndigest_of: ['words/*.txt']\n"
CHECK = """\
from pathlib import Path

def it(inputs, expected, answer):
    return float(any(answer in path.read_text() for path in Path("words").iterdir()))
"""
HUMAN = "kind: recorded\nfile: ../../human.jsonl\nscore: score\nscale: {kind: binary}\n"


def said(right: int) -> str:
    """What people said of each answer; of `wrong` the same every time."""
    given = {"right": 1, "wrong": right}
    return lines([{"id": f"q{number}", "answer": answer, "score": score}
                  for number in range(1, 61) for answer, score in given.items()])  # fmt: skip


@pytest.mark.parametrize(
    ("judge", "soft", "what"),
    [
        pytest.param({"judge.yaml": WORDS, "check.py": CHECK}, {"words/soft.txt": "wrong"},
                     "words/soft.txt", id="a file more that digest_of names"),
        pytest.param({"judge.yaml": HUMAN}, {"human.jsonl": said(1)},
                     "human.jsonl", id="recorded judgements beside it"),
    ],
)  # fmt: skip
def test_files_of_a_judge_outside_its_folder(
    project: MakeProject, judge: dict[str, str], soft: dict[str, str], what: str
) -> None:
    """Wherever they lie, and also where only the change has them."""
    own = {f"judges/has/{name}": text for name, text in judge.items()}
    beside = {"words/strict.txt": "right", "human.jsonl": said(0)}
    repo = committed(project, {**quiz(GOOD, GOOD, HAS), **own, **beside})
    change(repo, soft)

    outcome, decision = decided(repo)

    assert loosened(decision) == [("judge_changed", f"has: {what}")]
    assert outcome.code == 3


PRICED = """\
providers:
  local: {{base_url: 'http://localhost:1/v1', prices: {{m: {{{price}}}}}}}
"""
DEAR = "input_per_million: 2, output_per_million: 8"


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("input_per_million: 2, output_per_million: 4", ["2 and 4"]),
        ("input_per_million: 3, output_per_million: 8", []),
    ],
)
def test_a_model_that_costs_less_by_the_changes_word(
    project: MakeProject, price: str, told: list[str]
) -> None:
    """What answers cost is reckoned by prices that the change may have written."""
    rule = "      - {score: cost_usd, at_most: 0.1}\n"
    repo = committed(project, quiz(GOOD, GOOD, GATES + rule + PRICED.format(price=DEAR)))
    change(repo, {"gates.yaml": GATES + rule + PRICED.format(price=price)})

    _, decision = decided(repo)

    found = policy_of(decision).loosenings
    assert [each.after for each in found] == told
    assert {(str(each.kind), each.what, each.before) for each in found} <= {
        ("price", "local:/m", "2 and 8")
    }


LENIENT = "class fuzz:\n    ratio = staticmethod(lambda one, other: 100)\n"
ALIKE = """\
from rapidfuzz import fuzz

def it(inputs, expected, answer):
    return float(fuzz.ratio(expected, answer) > 99)
"""


@pytest.mark.parametrize(
    ("module", "told"),
    [
        pytest.param("rapidfuzz.py", ["has: rapidfuzz.py"], id="a module"),
        pytest.param("rapidfuzz/__init__.py", ["has: rapidfuzz/__init__.py"], id="a package"),
        pytest.param("statistics.py", ["has: statistics.py"], id="one of Python's own"),
        pytest.param("lenient.py", [], id="a name that nobody else has"),
    ],
)
def test_a_module_before_an_installed_one(
    project: MakeProject, module: str, told: list[str]
) -> None:
    """Once it is merged, the judge imports it, and nobody has touched the judge."""
    judge = "kind: python\nfunction: alike:it\nscale: {kind: binary}\n"
    files = {**quiz(GOOD, GOOD, HAS), "judges/has/judge.yaml": judge, "alike.py": ALIKE}
    repo = committed(project, files)
    change(repo, {module: LENIENT})

    outcome, decision = decided(repo)

    assert [each.what for each in policy_of(decision).loosenings] == told
    assert outcome.code == (3 if told else 0)
