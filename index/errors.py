"""What can go wrong, one class for each way of putting it right."""


class EngineError(Exception):
    """Root of every error this project raises on purpose; its message says what to do."""


class BadInput(EngineError):
    """What was given is not usable: correct it and try again. `field` names the culprit."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Stale(EngineError):
    """What was given belongs to a state that has gone: start again. `field` names the culprit."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class NotBuilt(EngineError):
    """The index folder holds no version: build one."""


class Damaged(EngineError):
    """A version's files are not what its manifest says: build again."""


class TooNew(EngineError):
    """The version was written by a newer release: upgrade this one."""


class Busy(EngineError):
    """Another process is at work in the index folder: wait for it."""


class Missing(EngineError):
    """Something that has to be on this machine is not there: install or provide it."""


class Unwritable(EngineError):
    """The index folder takes no more: make room or give rights."""


class Away(EngineError):
    """What keeps the index can't be reached: try again."""
