"""Bytes that went wrong: a message goes in, one a little different comes out."""

from hypothesis import strategies as st


def mutated(message: bytes, data: st.DataObject) -> bytes:
    """The message with a byte changed, its end cut off, or bytes put in between."""
    at = data.draw(st.integers(0, len(message) - 1))
    match data.draw(st.sampled_from(["flip", "cut", "grow"])):
        case "flip":
            other = message[at] ^ data.draw(st.integers(1, 255))
            return message[:at] + bytes([other]) + message[at + 1 :]
        case "cut":
            return message[:at]
        case _:
            return message[:at] + data.draw(st.binary(min_size=1, max_size=9)) + message[at:]
