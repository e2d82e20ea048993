"""What we could not do.

An error says that we could not test; that the application is wrong is a finding, and no exception of this tree.
Each message ends with what the reader can do about it, and a command that ends with one exits 2.

    StormwalkError
    ├── UsageError
    ├── ProjectFileError
    ├── PlanError
    ├── BrowserError
    │   ├── BrowserNotFound
    │   ├── BrowserDoesNotStart
    │   └── BrowserCrashed
    ├── ApplicationError
    │   ├── ApplicationDidNotStart
    │   ├── ApplicationStoppedAnswering
    │   └── SignInRefused
    ├── StoreError
    ├── EvidenceError
    └── AlertError
"""


class StormwalkError(Exception):
    """We could not test, and the message says what to do."""


class UsageError(StormwalkError):
    """An option or argument makes no sense, alone or together with the others."""


class ProjectFileError(StormwalkError):
    """The project file is missing, unreadable or invalid; the message names file, key and what is expected."""


class PlanError(StormwalkError):
    """A plan of a storm, or a rule in shorthand, makes no sense; the message names the place and what is expected."""


class BrowserError(StormwalkError):
    """The browser, not the application, stands in the way."""


class BrowserNotFound(BrowserError):
    """There is no browser of the kind that is needed."""


class BrowserDoesNotStart(BrowserError):
    """A browser is installed and ends, or hangs, when it is launched."""


class BrowserCrashed(BrowserError):
    """A page or the whole browser went away in the middle of a journey."""


class ApplicationError(StormwalkError):
    """The application under test cannot be reached."""


class ApplicationDidNotStart(ApplicationError):
    """The application was started by us and never became ready."""


class ApplicationStoppedAnswering(ApplicationError):
    """The application was ready once and no longer answers."""


class SignInRefused(ApplicationError):
    """The application answered, and does not let this actor in: no such account, or another password."""


class StoreError(StormwalkError):
    """Events cannot be appended to the store or read from it."""


class EvidenceError(StormwalkError):
    """A picture or another piece of evidence cannot be written; most often the disk is full."""


class AlertError(StormwalkError):
    """Somebody cannot be told of a run; the message never shows an address."""
