"""What an action says when it is not done."""


class Refused(Exception):
    """Raised when an action is not for this person or not possible now; its text says why in plain words."""
