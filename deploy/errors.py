"""The one error that the embedded stack raises: a sentence a person can act on."""


class StackError(Exception):
    """Something outside our code went wrong: the message is one clear sentence.

    The command line prints it and exits with 1; nothing is left running.
    """
