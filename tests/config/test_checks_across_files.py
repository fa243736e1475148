"""What the files say of each other: each fault by its words and its place."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evalgate.config.checking import Checked, Known, check_gates
from evalgate.config.contamination import contamination
from evalgate.config.gates import LoadedGates
from evalgate.config.waivers import LoadedWaivers
from evalgate.domain.case import Case
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import Gates, Waivers
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import parse_yaml

SCALES = {
    "match": BINARY,
    "stars": Scale(kind="ordinal", low=1, high=5),
    "distance": Scale(kind="continuous", low=0, high=1, better="lower"),
}
KNOWN = Known(
    SCALES, {"qa": ["v1", "v2"]}, ["zeroshot", "fewshot"], {"qa@v1": [f"c{n}" for n in range(40)]}
)

NOT_YET = "MLflow's registry is not read yet (name a candidate, a run or a git ref)"
FORMS = "write git:REF, git:REF:candidate, run:ID or file"


def gates(rules: str, head: str = "") -> LoadedGates:
    text = (
        "schema_version: 1\nsuites:\n  a:\n    evalset: qa@v1\n"
        f"    judges: [match, stars, distance]\n{head}    rules:\n"
    )
    text += "".join(f"      - {{{rule}}}\n" for rule in rules.split("; "))
    placed = parse_yaml(text.encode(), "gates.yaml", {})
    return LoadedGates(read_record(TypeAdapter(Gates), placed), placed)


def check(rules: str, head: str = "") -> Checked:
    return check_gates(gates(rules, head), KNOWN)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "score: mtch, at_least: 0.5",
            "10: score: no judge of this suite gives 'mtch' (did you mean 'match'?)",
        ),
        (
            "score: latency, at_most: 3",
            "10: score: no judge of this suite gives 'latency' (did you mean 'latency_s'?)",
        ),
        (
            "score: match, at_least: 70",
            "24: at_least: 70 is off the scale of the mean of match (binary, higher is better)",
        ),
        (
            "score: stars, at_least: 0.9",
            (
                "24: at_least: 0.9 is off the scale of the mean of stars "
                "(ordinal 1 to 5, higher is better)"
            ),
        ),
        (
            "score: stars, stat: rate, pass_at: 6, at_least: 0.9",
            "36: pass_at: 6 is off the scale of stars (ordinal 1 to 5, higher is better)",
        ),
        (
            "score: stars, stat: rate, pass_at: 4, at_least: 4",
            "48: at_least: 4 is off the scale of the rate of stars (a rate lies from 0 to 1)",
        ),
        (
            "score: latency_s, stat: total, at_most: -1",
            (
                "41: at_most: -1 is off the scale of the total of latency_s "
                "(continuous 0 to any, lower is better)"
            ),
        ),
        (
            "score: distance, max_drop: 0.1",
            "27: max_drop: distance is better when lower (max_rise is meant)",
        ),
        (
            "score: match, max_rise: 0.1",
            "24: max_rise: match is better when higher (max_drop is meant)",
        ),
        (
            "score: match, max_rise: 10%",
            "24: max_rise: match is better when higher (max_drop is meant)",
        ),
        (
            "score: cost_usd, at_least: 3",
            "27: at_least: cost_usd is better when lower (at_most is meant)",
        ),
        (
            "score: match, at_most: 0.5",
            "24: at_most: match is better when higher (at_least is meant)",
        ),
        (
            "score: distance, stat: rate, pass_at: 0.5, max_rise: 0.1",
            "53: max_rise: the rate of distance is better when higher (max_drop is meant)",
        ),
        (
            "score: match, max_drop: 5",
            "24: max_drop: 5 is more than the whole scale of match (binary, higher is better)",
        ),
    ],
)
def test_a_fault_of_a_rule(rule: str, expected: str) -> None:
    """The place is the key that is wrong, the remedy is what is meant."""
    column, _, words = expected.partition(": ")
    [problem] = check(rule).problems
    assert str(problem) == f"gates.yaml:7:{column}: suites.a.rules.0.{words}"


@pytest.mark.parametrize(
    "rule",
    [
        "score: match, at_least: 1",
        "score: stars, at_least: 5",
        "score: distance, max_rise: 0.1",
        "score: distance, min_gain: 0.1",
        "score: distance, stat: rate, pass_at: 0.5, max_drop: 0.1",
        "score: match, max_drop: 20%",
        "score: latency_s, stat: p95, at_most: 3",
        "score: cost_usd, stat: total, max_rise: 20%",
        "score: stars, stat: total, at_least: 100",
    ],
)
def test_a_rule_without_fault(rule: str) -> None:
    """What can be meant is not refused."""
    assert check(rule).problems == ()


def test_two_rules_that_are_one() -> None:
    """A finding could not be told from the other."""
    [problem] = check("score: match, at_least: 0.5; score: match, at_least: 0.6").problems
    assert str(problem) == (
        "gates.yaml:8:9: suites.a.rules.1: "
        "match.at_least is already a rule of this suite, on line 7 (keep one of them)"
    )


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("candidate", "zeroshoot", "there is no candidate 'zeroshoot' (did you mean 'zeroshot'?)"),
        ("baseline", "zeroshoot", "there is no candidate 'zeroshoot' (did you mean 'zeroshot'?)"),
        ("candidate", "none", "there is no candidate 'none' (known: fewshot, zeroshot)"),
        (
            "baseline",
            "git:",
            f"'git:' names no git reference ({FORMS})",
        ),
        (
            "baseline",
            "run:",
            f"'run:' names no run reference ({FORMS})",
        ),
        (
            "baseline",
            "prompts:/qa@1",
            f"prompts:/qa@1: {NOT_YET}",
        ),
        (
            "candidate",
            "models:/qa/1",
            f"models:/qa/1: {NOT_YET}",
        ),
    ],
)
def test_a_candidate_or_baseline_that_is_not_there(key: str, text: str, expected: str) -> None:
    """What is compared has to exist before anything is paid for."""
    [problem] = check("score: match, at_least: 0.5", f"    {key}: '{text}'\n").problems
    assert str(problem) == f"gates.yaml:6:5: suites.a.{key}: {expected}"


@pytest.mark.parametrize(
    "baseline", ["zeroshot", "git:main", "git:v1.0:fewshot", "run:2026-x", "none"]
)
def test_forms_of_a_baseline(baseline: str) -> None:
    """A candidate, a commit, a run, or none."""
    assert check("score: match, at_least: 0.5", f"    baseline: {baseline}\n").problems == ()


def test_unknown_evalsets_versions_and_judges() -> None:
    """All of them are told in one go."""
    loaded = gates("score: match, at_least: 0.5")
    known = Known({"mach": BINARY}, {"qb": ["v1"]}, [])
    assert [str(problem) for problem in check_gates(loaded, known).problems] == [
        "gates.yaml:4:5: suites.a.evalset: there is no evalset 'qa' (known: qb)",
        "gates.yaml:5:14: suites.a.judges.0: there is no judge 'match' (did you mean 'mach'?)",
        "gates.yaml:5:21: suites.a.judges.1: there is no judge 'stars' (known: mach)",
        "gates.yaml:5:28: suites.a.judges.2: there is no judge 'distance' (known: mach)",
    ]
    other = Known(SCALES, {"qa": ["v2"]}, [])
    [problem] = check_gates(loaded, other).problems
    assert str(problem) == "gates.yaml:4:5: suites.a.evalset: qa has no version v1 (known: v2)"


def test_a_suite_that_holds_a_candidate_against_itself() -> None:
    """`run` would refuse it; the file is where it is mended."""
    head = "    candidate: zeroshot\n    baseline: zeroshot\n"

    [problem] = check("score: match, max_drop: 0.5", head).problems

    told = "gates.yaml:6:5: suites.a.candidate: 'zeroshot' is the baseline itself (name another)"
    assert str(problem) == told


def waivers(*named: str) -> LoadedWaivers:
    text = "schema_version: 1\nwaivers:\n" + "".join(
        f"  - {{{name}, owner: o, reason: r, granted: 2026-11-01, expires: 2026-11-02}}\n"
        for name in named
    )
    placed = parse_yaml(text.encode(), "waivers.yaml", {})
    return LoadedWaivers(read_record(TypeAdapter(Waivers), placed), placed)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["suite: b, case: c1"], "3:6: waivers.0.suite: there is no suite 'b' (known: a)"),
        (
            ["suite: a, rule: match.at_last"],
            "3:16: waivers.0.rule: a has no rule 'match.at_last' (did you mean 'match.at_least'?)",
        ),
        (["suite: a, case: x"], "3:16: waivers.0.case: qa@v1 has no case 'x' (remove the waiver)"),
        (
            [f"suite: a, case: c{n}" for n in range(3)],
            (
                "5:16: waivers.2.case: 3 of 40 cases of a are waived, 5 % at most may be "
                "(mend some of them)"
            ),
        ),
    ],
)
def test_a_fault_of_a_waiver(named: list[str], expected: str) -> None:
    """A waiver is about something that is there, and there are few."""
    loaded = gates("score: match, at_least: 0.5")
    [problem] = check_gates(loaded, KNOWN, waivers(*named)).problems
    assert str(problem) == f"waivers.yaml:{expected}"


def test_waivers_within_bounds() -> None:
    """Five per cent may be waived, a case twice is one case, and cases not read are not judged."""
    loaded = gates("score: match, at_least: 0.5")
    few = waivers(
        "suite: a, case: c1",
        "suite: a, case: c2",
        "suite: a, case: c1",
        "suite: a, rule: match.at_least",
    )
    assert check_gates(loaded, KNOWN, few).problems == ()
    unread = Known(SCALES, KNOWN.versions, KNOWN.candidates)
    assert check_gates(loaded, unread, waivers("suite: a, case: x")).problems == ()


@pytest.mark.parametrize(
    ("day", "faults"), [(1, 1), (2, 1), (3, 0)], ids=["granted", "last day", "expired"]
)
def test_expired_waivers_do_not_count_among_the_few(day: int, faults: int) -> None:
    """They waive nothing any more; the gate warns of them."""
    loaded = gates("score: match, at_least: 0.5")
    three = waivers(*(f"suite: a, case: c{number}" for number in range(3)))
    known = KNOWN._replace(today=dt.date(2026, 11, day))

    assert len(check_gates(loaded, known, three).problems) == faults


BESIDE = "one by one (put an at_least on match beside it)"


@pytest.mark.parametrize(
    ("rules", "baseline", "expected"),
    [
        (
            "score: match, max_drop: 0.1",
            "git:main",
            [f"git:main moves: many small drops pass {BESIDE}"],
        ),
        (
            "score: distance, stat: rate, pass_at: 0.5, max_drop: 0.1",
            "git:main:zeroshot",
            [
                (
                    "git:main:zeroshot moves: many small drops pass one by one "
                    "(put an at_least on distance beside it)"
                )
            ],
        ),
        ("score: match, max_drop: 0.1; score: match, at_least: 0.5", "git:main", []),
        ("score: match, max_drop: 0.1", "git:0123abc", []),
        ("score: match, max_drop: 0.1", "zeroshot", []),
        ("score: stars, at_least: 3", "none", []),
        ("score: match, max_drop: 10%", "zeroshot", []),
        ("score: cost_usd, stat: total, max_rise: 20%", "zeroshot", []),
        ("score: latency_s, stat: p95, at_most: 3", "zeroshot", []),
        ("score: stars, stat: rate, pass_at: 4, at_least: 0.5", "zeroshot", []),
    ],
)
def test_a_warning(rules: str, baseline: str, expected: list[str]) -> None:
    """What a rule cannot do is said before it is relied on."""
    checked = check(rules, f"    baseline: {baseline}\n")
    assert checked.problems == ()
    assert [str(warning).split(": ", 2)[2] for warning in checked.warnings] == expected


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ("score: match, max_drop: 0.1", 7),
        (
            "score: match, at_least: 0.1; score: match, min_gain: 0.1; score: match, max_drop: 0.1",
            8,
        ),
        ("score: distance, max_rise: 0.1, stat: total", 7),
        ("score: match, at_least: 0.5, applies_to: new", 7),
    ],
    ids=["a drop", "the first of several", "a total", "new cases"],
)
def test_rules_without_a_baseline_to_compare_with_are_warned_of(rules: str, line: int) -> None:
    """Every run would end with exit 3, after it was paid for."""
    [warning] = check(rules).warnings

    assert (warning.path, warning.line) == ("gates.yaml", line)
    assert str(warning).endswith(
        "compares, and the suite has no baseline: `run` always leaves it undecided"
        " (write baseline: at the suite, or baseline: none if only `compare` is used)"
    )
    assert check(rules, "    baseline: zeroshot\n").warnings == ()
    assert check(rules, "    baseline: none\n").warnings == ()


QUESTION = "How many moons does the planet Neptune have?"


def test_a_prompt_that_holds_a_question_or_an_answer() -> None:
    """Line breaks do not hide it; short texts and other files are no finding."""
    cases = [
        Case(id="c1", inputs={"q": QUESTION}, expected=["fourteen"]),
        Case(id="c2", inputs={"q": "short"}, expected={"text": "sixteen are known so far today"}),
    ]
    texts = {
        "candidates/a.yaml": f"prompt: |\n  For example:\n  {QUESTION}\n",
        "b.txt": "short fourteen sixteen are\n known so far   today",
        "c.txt": "nothing of it",
    }
    assert [str(problem) for problem in contamination(texts, "qa@v1", cases)] == [
        (
            "candidates/a.yaml:3: holds the question of c1 in qa@v1, word for word "
            "(use an example that is not in the evalset)"
        ),
        (
            "b.txt: holds the expected answer of c2 in qa@v1, word for word "
            "(use an example that is not in the evalset)"
        ),
    ]


def test_many_findings_are_shortened() -> None:
    """Five are enough to know."""
    cases = [Case(id=f"c{n}", inputs={"q": f"{QUESTION} {n:02}"}) for n in range(9)]
    text = "\n".join(str(case.inputs["q"]) for case in cases)
    found = contamination({"p": text}, "qa@v1", cases)
    assert (len(found), found[-1].fault) == (6, "and 4 more of the evalset's texts")


@given(before=st.text(), words=st.text(min_size=20), after=st.text())
def test_what_is_repeated_is_found(before: str, words: str, after: str) -> None:
    """Wherever it stands in the prompt, whatever it is made of."""
    long_enough = len(" ".join(words.split())) >= 20
    case = Case(id="c", inputs={"q": words})
    found = contamination({"p": f"{before} {words} {after}"}, "qa@v1", [case])
    assert bool(found) == long_enough
