"""What a pull request says that proposes baselines: what they are, and what is different."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import ScoreLine
from evalgate.domain.record import JsonValue
from evalgate.github.comment.body import Setting, foot
from evalgate.github.comment.rule_rows import brief
from evalgate.github.comment.sections import Section, fitted
from evalgate.github.marks import stamped
from evalgate.github.proposal.git_data import Proposal
from evalgate.github.proposal.stale_baselines import Proposed
from evalgate.pipeline.comparing import line_of
from evalgate.report.numbers import count, number, signed
from evalgate.report.said import in_markdown
from evalgate.results.baseline_files import filed_run
from evalgate.sources.digests import digest_of_json

MOST_BYTES = 60_000
MOST_NAMED = 20
SUBJECT = "evalgate: baselines of "
"""How the message of every commit of ours begins."""

WHAT = """\
A good night proposes what later runs are held against. **A person decides**: nothing but merging \
this moves a baseline, and closing it leaves all as it is.

Rules with `max_drop`, `max_rise` or `min_gain` compare a candidate with its suite's baseline \
file, case by case. Once this is merged, every pull request and every night is held against the \
scores in it. A score that is lower than before is accepted by merging it."""
KEY = "<!-- evalgate:proposes:"
CHECKS = """\
GitHub starts no workflow for what a job's own token does. Close this pull request and open it \
again, and its checks run. To move a baseline is a loosening: under `policy_change: block` the \
check is then red, and an administrator merges this in spite of it."""


def key_of(proposed: Sequence[Proposed]) -> str:
    """What is proposed in place of what; a night that would say the same leaves it alone."""
    facts: JsonValue = [
        [
            each.path,
            each.committed.seal if each.committed else "",
            each.tonight.candidate.digest,
            each.tonight.evalset.digest,
            {name: judge.digest for name, judge in each.tonight.judges.items()},
        ]
        for each in proposed
    ]
    return digest_of_json(facts)


def key_line(proposed: Sequence[Proposed]) -> str:
    """The hidden third line of the text."""
    return f"{KEY}{key_of(proposed).removeprefix('sha256:')} -->"


def keyless(body: str) -> str:
    """The same text without that line."""
    lines = body.splitlines()
    return "\n".join(line for line in lines if not line.startswith(KEY))


def proposal_for(proposed: Sequence[Proposed], said: Sequence[str], setting: Setting) -> Proposal:
    """Title and text."""
    suites = [each.tonight.suite for each in proposed]
    more = f" and {count(len(suites) - 1)} more" if len(suites) > 1 else ""
    title = brief(f"evalgate: a new baseline for {suites[0]}{more}")
    head = f"{stamped(setting.mark, setting.stamp)}\n{key_line(proposed)}\n{WHAT}"
    others = [f"- {in_markdown(brief(each))}" for each in said]
    sections = [
        *(_section(each) for each in proposed),
        Section("suite", len(others), "### Not proposed\n", others),
    ]
    below = "\n\n".join(part for part in (CHECKS, foot([], setting)) if part)
    return Proposal(title, fitted(head, sections, below, MOST_BYTES, "The files have them."))


def message_for(proposed: Sequence[Proposed]) -> str:
    """What the commit says."""
    named = ", ".join(each.tonight.suite for each in proposed[:MOST_NAMED])
    runs = "\n".join(f"{each.path}: run {each.tonight.run_id}" for each in proposed)
    return f"{SUBJECT}{named}\n\n{runs}\n"


def _section(one: Proposed) -> Section:
    lines = list(_lines(one))
    title = f"### {in_markdown(brief(one.tonight.suite))}: {in_markdown(brief(one.path))}"
    return Section("line", len(lines), f"{title}\n", lines)


def _lines(one: Proposed) -> Iterator[str]:
    new, old = one.tonight, one.committed
    yield f"- Why: {in_markdown('; '.join(map(brief, one.why)))}."
    who = f"{brief(new.candidate.name)} on {brief(new.evalset.ref)}"
    cases = count(len(new.cases), "case")
    yield f"- Proposed: {in_markdown(who)}, {cases}, {_whose(new.set_by)}."
    if old is None:
        return
    who = f"{brief(old.candidate.name)} on {brief(old.evalset.ref)}"
    day = f"{old.set_at:%Y-%m-%d}"
    cases = count(len(old.cases), "case")
    yield f"- Until now: {in_markdown(who)}, {cases}, {_whose(old.set_by)} on {day}."
    sheets = [filed_run(each, one.path).sheet() for each in (old, new)]
    for score in (name for name in new.judges if name in old.judges):
        yield f"- {_score_words(line_of(score, sheets))}"
    known = {case.id for case in old.cases}
    added = sum(case.id not in known for case in new.cases)
    gone = len(known) - (len(new.cases) - added)
    if added or gone:
        yield f"- {count(added, 'case')} new, {count(gone)} gone."


def _whose(set_by: str) -> str:
    return f"set by {in_markdown(brief(set_by))}"


def _score_words(line: ScoreLine) -> str:
    """`exact_match (higher is better): 0.8000 before, 0.8250 now; +0.0250 over 40 cases: ...`."""
    before, now = line.values
    [change] = line.changes
    levels = [number(each.mean) if each.mean is not None else "none" for each in (before, now)]
    said = f"{in_markdown(brief(line.score))} ({line.scale}): {levels[0]} before, {levels[1]} now"
    if change is None:
        return f"{said}; no case has both."
    cases = (change.wins, change.losses, change.ties)
    if None in cases:
        return f"{said}; {signed(change.estimate)} in the cases of both."
    wins, losses, ties = (count(each or 0) for each in cases)
    return (
        f"{said}; {signed(change.estimate)} in the cases of both:"
        f" {wins} better, {losses} worse, {ties} alike."
    )
