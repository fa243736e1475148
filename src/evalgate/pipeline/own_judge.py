"""Files by which a change would be its own judge, in spite of a base that decides."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evalgate.config.judges import FOLDER as JUDGES
from evalgate.domain.names import GIT, OWN_FOLDER
from evalgate.errors import Problem
from evalgate.judge.protocol import Judge
from evalgate.pipeline.base_project import SHORT, BaseProject
from evalgate.sources.git import committed_links, prefix_of, run_git, submodule_with, top_of

RELATIVE = "make it a relative link"
KEEP_OUT = f"`git rm -r --cached {OWN_FOLDER}`, and write `{OWN_FOLDER}/` into .gitignore"


def deciding_on_itself(base: BaseProject) -> Iterator[Problem]:
    """All that a change brings to decide with: runs of its own making, and links into itself."""
    top = top_of(base.root) or base.root
    yield from _brought_runs(base.root)
    yield from _links_into(top, base)
    yield from _links_to_come(top)


def _brought_runs(root: Path) -> Iterator[Problem]:
    """Runs and recordings under git: nobody asked for what they say was answered and judged."""
    if found := own_files_under_git(root):
        others = f", with {len(found) - 1} more" if found[1:] else ""
        fault = f"is in the repository{others}: runs and recordings are made, never brought"
        yield Problem(fault, found[0], remedy=KEEP_OUT)


def own_files_under_git(root: Path) -> list[str]:
    """What git has of a project's `.evalgate`, whatever its case: some disks make no difference."""
    listed = run_git(root, "ls-files", "-z", "--cached", "--", f":(icase){OWN_FOLDER}")
    return [name for name in (listed or "").split("\0") if name]


def _links_into(top: Path, base: BaseProject) -> Iterator[Problem]:
    """Links of the base that lead out of it and into the checkout: the change would fill them."""
    folder, _ = base.worktrees.at(base.at)
    for name in committed_links(base.root, base.at):
        to = Path(os.path.realpath(folder / name))
        if to.is_relative_to(top.resolve()) and not to.is_relative_to(folder.resolve()):
            fault = "is a link out of its commit into the checkout, which the change has written"
            yield Problem(fault, f"{GIT}{base.at[:SHORT]}:{name}", remedy=RELATIVE)


def _links_to_come(top: Path) -> Iterator[Problem]:
    """Links of the change that would be such ones in the base of the next."""
    for name in committed_links(top, "HEAD"):
        link = top / name
        absolute = link.is_symlink() and link.readlink().is_absolute()
        if absolute and Path(os.path.realpath(link)).is_relative_to(top.resolve()):
            fault = "is an absolute link into the checkout: no commit has what it leads to"
            yield Problem(fault, name, remedy=RELATIVE)


def not_in_base(
    base: BaseProject, judges: Iterable[str], built: Mapping[str, Judge]
) -> Iterator[Problem]:
    """Judges that the base's suite names and its commit does not hold."""
    prefix = prefix_of(base.root)
    for name in judges:
        if name in built:
            continue
        file = f"{JUDGES}/{name}"
        module = submodule_with(base.root, base.at, prefix / file)
        fault, remedy = "is not in the base, which names it", "mend the base's own gates.yaml first"
        if module:
            fault = f"{fault}: it is in the submodule {module}, which a commit does not hold"
            remedy = "keep it in the repository itself"
        yield Problem(fault, f"{GIT}{base.at[:SHORT]}:{file}", remedy=remedy)
