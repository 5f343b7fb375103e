"""The websocket protocol under the gateway: uvicorn's, and what it needs to stand hostile frames."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    """A text that is no UTF-8 is handed on as bytes, which the gateway refuses like any other nonsense.

    WORKAROUND: uvicorn 0.54 closes such a socket itself and logs a traceback for each; where the client's
    close frame came in the same packet it even raises out of `data_received`, since one cannot close twice
    (https://github.com/Kludex/uvicorn/pull/2540 has where it comes from). tests/realtime/test_frames.py
    says when this can go.
    """

    def send_receive_event_to_app(self) -> None:
        """Hand a complete message to the application."""
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
            self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()


def _is_utf8(pieces: list[bytes]) -> bool:
    try:
        # A fragment may end within a character (RFC 6455, 5.6).
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True
