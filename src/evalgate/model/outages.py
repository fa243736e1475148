"""The addresses at which a command reached nobody: what one model met there, the next will meet."""


class Outages:
    """Known to all clients of a command, whose runs come one after the other."""

    def __init__(self) -> None:
        self._dead: set[str] = set()

    def __contains__(self, address: str) -> bool:
        return address in self._dead

    def found(self, address: str) -> None:
        """Note that asking there was given up."""
        self._dead.add(address)

    def over(self, address: str) -> None:
        """Note that somebody answered there."""
        self._dead.discard(address)
