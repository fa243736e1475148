"""Words of an attacker, and reports that hold them wherever somebody else's words may stand."""

from collections.abc import Callable, Sequence
from itertools import cycle

from hypothesis import strategies as st

from evalgate.domain.comparison import (
    Comparison,
    ObservedValue,
    ScoreChange,
    ScoreLine,
    WorsenedCase,
)
from evalgate.domain.decision import Decision, Ruling, WrittenSheet
from evalgate.domain.decision_warnings import BrokenJudge, NeedlessWaiver, UnchangedCandidate
from evalgate.domain.missing import Missing
from evalgate.domain.particulars import Particulars
from evalgate.domain.scale import BINARY
from evalgate.domain.specs import Waiver
from evalgate.github.reports import SuiteReport
from report_facts import (
    GREEN,
    PAIRED,
    RED,
    UNSERVED,
    WAIVED,
    YELLOW,
    failed_decision,
    said_by,
    worsened,
)

KEY = "sk-proj-" + "a1B2" * 6
OURS = "https://github.example"
PIECES = [
    "\x1b[31m", "\x1b]8;;http://x\x07", "\x9b2J", "\r", "\n", "\n\n", "\r\n", "\t", "\u202e",
    "\u200b", "\ufeff", "\u2028", "\x85", "\xa0", "\u2003", "\x00", "\ud800",
    "::error::no", "::add-mask::true", "::stop-commands::x", "##[add-mask]true", "##[", "::",
    "%0A", "%0A::error::x", "##vso[task]", "EOF", "verdict=passed", "verdict<<EOF",
    "</td></tr></table>", "</details>", "</summary>", "</sub>", "</code>", "<details>", "<h1>",
    "<img src=//e.x>", "<script>", "<!--", "-->", "<!-- evalgate:sticky:v1:default -->",
    "<!-- evalgate:run:999.9 -->", "<https://e.x>", "<a@e.x>", "&amp;", "&#64;", "&lt;", "&",
    "@octocat", "@acme/team", "#12", "GH-7", "acme/app#3", "acme/app@0123456789abcdef", "`", "```",
    "~~~", "``` mermaid\n", "[x](http://e.x)", "![x](http://e.x/y.png)", "](<https://e.x>)",
    "[x]: https://e.x", "[x]", "[^1]", "[^1]: x", "- [ ] x", "http://e.x", "https://e.x/?a=b",
    "www.e.x", "me@e.x", "mailto:me@e.x", "ftp://e.x", "javascript:alert(1)", "|", "\\", "\\|",
    "| --- |", "$x$", "$$", ":tada:", "0123456789abcdef0123456789abcdef01234567", "abcdef0", "- ",
    "+ ", "# ", "1. ", "> ", "---", "===", "__", "**", "~~", "~", "*", "_", "    ", "'", '"', ";",
    ",", ":", "%", "=", "word", " ", "界", "👩\u200d🚀", "[-", "-]", "{+", "+}", f" {KEY} ",
]  # fmt: skip
hostile = st.one_of(
    st.text(alphabet=st.characters(), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
)
ten_hostile = st.lists(hostile, min_size=10, max_size=10)


Say = Callable[[], str]


def saying(words: Sequence[str]) -> Say:
    """Say one of the words after the other, and begin anew after the last."""
    return cycle(words).__next__


def hostile_sheet(say: Say) -> WrittenSheet:
    """A run whose every name is such a word."""
    return WrittenSheet(
        run_id="",
        candidate="",
        candidate_digest="",
        judgements_digest="",
        ids=(),
        inputs_digests=(),
        slices=(),
        clusters=(),
        columns={},
    ).model_copy(update={"candidate": say(), "partial": say(), "run_id": say()})


def hostile_ruling(ruling: Ruling, say: Say) -> Ruling:
    """A ruling on a score, a slice and a method of these names, waived by such a person."""
    finding = ruling.finding
    rule = finding.rule.model_copy(update={"score": say(), "slice": {say(): say()}})
    evidence = {
        side: found.model_copy(update={"method": say()})
        for side in ("observed", "at_worst", "at_best")
        if (found := getattr(finding, side)) is not None
    }
    changed: dict[str, object] = {"finding": finding.model_copy(update={"rule": rule, **evidence})}
    if ruling.waiver is not None:
        changed["waiver"] = hostile_waiver(say)
    return ruling.model_copy(update=changed)


def hostile_waiver(say: Say) -> Waiver:
    """A waiver by somebody of that name."""
    return said_by("x").model_copy(update={"owner": say(), "reason": say(), "link": say()})


def hostile_decision(say: Say) -> Decision:
    """A decision in which every name is such a word."""
    rulings = [hostile_ruling(one, say) for one in (GREEN, YELLOW, RED, WAIVED, UNSERVED)]
    return failed_decision().model_copy(
        update={
            "suite": say(),
            "suites": (say(), say()),
            "evalset": say(),
            "rulings": tuple(rulings),
            "warnings": (
                BrokenJudge(judge="x").model_copy(update={"judge": say()}),
                UnchangedCandidate(candidate="x").model_copy(update={"candidate": say()}),
                NeedlessWaiver(waiver=hostile_waiver(say)),
            ),
            "models": (f"sim:/{say()}", say()),
            "candidate": hostile_sheet(say),
            "baseline": hostile_sheet(say),
        }
    )


def hostile_case(say: Say) -> WorsenedCase:
    """A case, both answers and what the judge said."""
    change = ScoreChange(score="x", before=1.0, after=0.0)
    return worsened("x").model_copy(
        update={
            "case_id": say(),
            "version": say(),
            "inputs": say(),
            "before": say(),
            "after": say(),
            "changes": (change.model_copy(update={"score": say(), "reason": say()}),),
        }
    )


def hostile_lack(word: str) -> Missing:
    """A reason why scores are missing, in which every word is such a word."""
    return Missing(candidate=word, judge=word, cause=word, detail=word, cases=2, first=(word,))


def hostile_report(words: Sequence[str]) -> SuiteReport:
    """Versions side by side in which whatever others write is one of these words."""
    say = saying(words)
    line = ScoreLine(
        score="x",
        scale=BINARY,
        values=(ObservedValue(mean=0.5, scored=2), ObservedValue(mean=None, scored=0, missing=2)),
        changes=(PAIRED.model_copy(update={"method": say()}),),
    )
    empty = Comparison(suite="", evalset="", versions=("", ""), scores=())
    document = empty.model_copy(
        update={
            "suite": say(),
            "evalset": say(),
            "versions": (say(), say()),
            "scores": (line.model_copy(update={"score": say()}),),
            "worsened": (hostile_case(say), hostile_case(say)),
            "worsened_count": 3,
            "decisions": (hostile_decision(say),),
        }
    )
    said = {
        "report_url": f"{OURS}/{say()}",
        "mlflow_run_url": say(),
        "changed": tuple(words),
        "missing": tuple(hostile_lack(word) for word in words),
    }
    particulars = Particulars(cost_usd=0.42, duration_s=65.0).model_copy(update=said)
    return SuiteReport(document, particulars, "decision.json")
