"""The one tree of errors and, apart from it, doubts about trust.

    CrmError                     something cannot be done; says what, where, why and what to do next
    ├── InputError               what came from outside is not usable
    │   ├── MappingError         the mapping itself is wrong (typo, unknown field, missing column)
    │   ├── UnreadableFileError  a file cannot be read at all (empty, cut off, wrong format)
    │   └── BatchRejectedError   too many bad rows: nothing of the batch was landed
    ├── BuildError               a build failed; the build before it still serves
    │   ├── BuildBusyError       another build is running
    │   └── ContractError        the new warehouse breaks a tested contract
    ├── NoWarehouseError         there is no build to read
    ├── ArtefactError            a stored model is missing or damaged
    ├── LedgerError              an entry was not stored
    │   └── RejectedEntryError   an entry is not acceptable (expired, too long, unknown reason)
    └── AccessDeniedError        not in the viewer's scope; never says whether the thing exists

A `Doubt` is not an error: the number exists, but how far to trust it is limited. Doubts are stored with the score.
"""

from __future__ import annotations

from enum import StrEnum


class CrmError(Exception):
    """Something cannot be done.

    Parameters
    ----------
    what : str
        What could not be done, as a sentence without a full stop.
    where : str
        File, table, page or command it concerns; empty if it concerns the whole.
    why : str
        The cause, in words a person without the code understands.
    remedy : str
        What to do next, ideally a command.
    """

    def __init__(self, what: str, *, where: str = "", why: str = "", remedy: str = "") -> None:
        self.what, self.where, self.why, self.remedy = what, where, why, remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole error on one line."""
        head = f"{self.what} ({self.where})" if self.where else self.what
        parts = [head, self.why, f"What to do: {self.remedy}" if self.remedy else ""]
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


class InputError(CrmError):
    """What came from outside is not usable."""


class MappingError(InputError):
    """The mapping itself is wrong."""


class UnreadableFileError(InputError):
    """A file cannot be read at all."""


class BatchRejectedError(InputError):
    """Too many bad rows; nothing of the batch was landed."""


class BuildError(CrmError):
    """A build failed; the build before it still serves."""


class BuildBusyError(BuildError):
    """Another build is running."""


class ContractError(BuildError):
    """The new warehouse breaks a tested contract."""


class NoWarehouseError(CrmError):
    """There is no build to read."""


class ArtefactError(CrmError):
    """A stored model is missing or damaged."""


class LedgerError(CrmError):
    """An entry was not stored."""


class RejectedEntryError(LedgerError):
    """An entry is not acceptable as it is."""


class AccessDeniedError(CrmError):
    """Not in the viewer's scope; never says whether the thing exists."""


class Doubt(StrEnum):
    """Why a number deserves less trust; stored with the score and shown as a badge."""

    THIN_SAMPLE = "thin_sample"
    OUTSIDE_TRAINING = "outside_training"
    WIDE_INTERVAL = "wide_interval"
    BACKCAST = "backcast"
