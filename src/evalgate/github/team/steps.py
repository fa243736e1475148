"""What is left to a person once the workflows are written."""

from evalgate.github.team.files import Added


def next_steps(added: Added) -> list[str]:
    """The steps that no file can take, in their order."""
    keys = " and ".join(added.team.keys)
    return [
        f"the workflows run {added.team.pin}",
        "on GitHub:",
        f"1. settings, environments: make the environment evalgate, and put {keys} into it",
        "   as a secret; where every model is sim:/ no key is needed",
        "2. commit all this, and merge it into the default branch",
        "3. settings, rules: require the check evalgate there, and no other one of these",
    ]
