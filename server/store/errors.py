"""What goes wrong with the database itself, as opposed to what the domain refuses."""


class DatabaseUnusable(Exception):
    """The database cannot be used at all; the message is a sentence for IT."""


class DatabaseUnavailable(Exception):
    """The database does not answer just now. Whether the last transaction was committed is not
    known; who asks again with the same request id finds out."""
