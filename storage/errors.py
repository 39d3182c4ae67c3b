"""What a store raises on purpose; each error carries the remedy."""


class StorageError(Exception):
    """Root of all errors a store raises on purpose."""


class Unavailable(StorageError):
    """The database cannot be used right now; nothing was changed."""


class Corrupt(StorageError):
    """What is stored cannot be trusted; stop rather than go on."""


class Conflict(StorageError):
    """A row contradicts a stored one (one personal number twice, an older version of a dossier).

    None was written; look at what is stored and decide again.
    """
