"""What `evalgate noise` prints: how much scores change when nothing does."""

from collections.abc import Iterator

from evalgate.domain.noise import Noise, NoisePlan, ScoreNoise
from evalgate.report.alarms_text import alarm_lines, mixed_line
from evalgate.report.evidence_text import ABSENT, no_method_words
from evalgate.report.markdown_parts import markdown_list, markdown_table
from evalgate.report.numbers import as_written, count, number, percent
from evalgate.report.plan_text import step_words
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.simulated import simulated_note
from evalgate.report.table import Column, table

COLUMNS = (
    Column("score", most=30),
    Column("slice", most=30),
    Column("cases", "right"),
    Column("changed", "right"),
    Column("flip rate", "right"),
    Column("variance", "right"),
    Column("missing", "right"),
    Column("margin"),
)
MARGINS = (
    "margin: the smallest with which an unchanged candidate passes 4 times in 5, and a drop of"
    " twice as much fails 4 times in 5; versions that differ need more"
)


def render_noise(noise: Noise) -> str:
    """Show every score and slice, then what today's rules make of it."""
    lines = [on_screen(_heading(noise)), "", *table(COLUMNS, [_row(s) for s in noise.scores])]
    lines += [MARGINS, *_not_produced(noise), ""]
    lines += [on_screen(line) for line in _alarms(noise)]
    if note := simulated_note(noise.models):
        lines += ["", on_screen(note)]
    return "\n".join(lines) + "\n"


def noise_markdown(noise: Noise) -> str:
    """The same as Markdown."""
    lines = [f"### {in_markdown(_heading(noise))}", ""]
    lines += markdown_table([column.title for column in COLUMNS], map(_row, noise.scores))
    for note in (MARGINS, *_not_produced(noise)):
        lines += ["", in_markdown(note)]
    lines += ["", *markdown_list(_alarms(noise))]
    if note := simulated_note(noise.models):
        lines += ["", in_markdown(note)]
    return "\n".join(lines) + "\n"


def noise_plan_lines(plan: NoisePlan) -> Iterator[str]:
    """What would be asked, and for how much at most."""
    answers = plan.cases * plan.repeat * plan.trials
    yield f"suite {plan.suite}: {count(plan.cases, 'case')} of {plan.evalset}, {_times(plan)}"
    yield f"candidate: {step_words(plan.run, answers)}"


def render_noise_plan(plan: NoisePlan) -> str:
    """The plan for a terminal."""
    lines = [*noise_plan_lines(plan), "nothing was run"]
    return "".join(f"{on_screen(line)}\n" for line in lines)


def noise_plan_markdown(plan: NoisePlan) -> str:
    """The plan as a list."""
    lines = [*noise_plan_lines(plan), "nothing was run"]
    return "".join(f"{line}\n" for line in markdown_list(lines))


def _heading(noise: Noise) -> str:
    return (
        f"{noise.suite}: {noise.candidate} against itself on {noise.evalset},"
        f" {count(noise.cases, 'case')}, {_times(noise)}"
    )


def _times(of: Noise | NoisePlan) -> str:
    each = f" of {of.trials} trials" if of.trials > 1 else ""
    return f"{count(of.repeat)} runs{each}"


def _row(noise: ScoreNoise) -> tuple[str, ...]:
    where = ", ".join(f"{key}={value}" for key, value in noise.slice.items())
    return (
        noise.score,
        where or "all",
        count(noise.cases),
        percent(noise.changed / noise.cases) if noise.cases else ABSENT,
        ABSENT if noise.flips is None else percent(noise.flips),
        ABSENT if noise.variance is None else number(noise.variance),
        count(noise.missing),
        _margin(noise),
    )


def _margin(noise: ScoreNoise) -> str:
    if noise.margin is None:
        nothing = "no answer was produced" if noise.not_produced else "no case has two scores"
        return f"none: {no_method_words(noise.why) if noise.why else nothing}"
    bound = "max_drop" if noise.scale.better == "higher" else "max_rise"
    return f"{bound}: {as_written(noise.margin)}"


def _not_produced(noise: Noise) -> Iterator[str]:
    """A candidate that breaks has scores all the same, and looks calm where it always breaks."""
    worst = max((score.not_produced for score in noise.scores), default=0)
    if worst:
        of = f"{count(worst)} of {count(noise.answers, 'answer')}"
        yield f"{of} were not produced: each counts as the worst score"


def _alarms(noise: Noise) -> Iterator[str]:
    yield from alarm_lines(noise.alarms)
    yield mixed_line(noise.mixed)
