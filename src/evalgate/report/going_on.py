"""How a run that was stopped goes on."""

from evalgate.domain.run import Manifest
from evalgate.report.numbers import count


def how_to_go_on(manifest: Manifest, total: int) -> str:
    """What a person is told after Ctrl-C; `total` is how many answers there were to be."""
    of = count(total, "case" if manifest.trials == 1 else "answer")
    kept = f"stopped: {count(manifest.judged)} of {of} are kept in {manifest.run_id}"
    if manifest.candidate.complete:
        return f"{kept}; the same command goes on from there"
    if manifest.provenance.command_line[1:2] == ("run",):
        return f"{kept}; the same command with `--resume {manifest.run_id}` goes on from there"
    if manifest.provenance.command_line[1:2] == ("ci",):  # on a machine that is gone by then
        return f"{kept}; run the same command again"
    candidate = manifest.candidate
    name = f"{candidate.origin}:{candidate.name}" if candidate.origin else candidate.name
    return (
        f"{kept}; go on with `evalgate run {manifest.suite} --candidate {name}"
        f" --resume {manifest.run_id}`"
    )
