"""HTTP/1.1 as far as the fault proxy needs it: heads, bodies, and ways to end a connection."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass

LARGEST_HEAD = 256 * 1024
LARGEST_BODY = 64 * 1024 * 1024
_HOP_BY_HOP = ("connection", "proxy-connection", "keep-alive", "proxy-authorization")


class WireError(Exception):
    """The other side is gone, or speaks something else."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers of a request or an answer."""

    line: str
    headers: tuple[tuple[str, str], ...]

    @property
    def words(self) -> tuple[str, str, str]:
        """The three words of the first line."""
        first, _, rest = self.line.partition(" ")
        second, _, third = rest.partition(" ")
        return first, second, third

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def is_websocket(self) -> bool:
        return self.get("upgrade").lower() == "websocket"

    def bytes(self, line: str | None = None, *, closing: bool = True) -> bytes:
        """As it goes over the wire, for one exchange on this connection where it is `closing`."""
        kept = self.headers
        if closing:
            kept = (*(one for one in kept if one[0].lower() not in _HOP_BY_HOP), ("Connection", "close"))
        lines = [line or self.line, *(f"{name}: {value}" for name, value in kept)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Wire:
    """A socket with a buffer, so that what was read too much is not lost."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""

    def fileno(self) -> int:
        """For `select`."""
        return self.sock.fileno()

    @property
    def has_rest(self) -> bool:
        """Whether something was read that nobody has taken yet."""
        return bool(self._buffer)

    def peek(self) -> bytes:
        """What is there, at least one byte; nothing at the end."""
        if not self._buffer:
            self._buffer = self._receive()
        return self._buffer

    def read_head(self) -> Head | None:
        """The next head; None where the connection ended before it began."""
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > LARGEST_HEAD:
                raise WireError("the head is too long")
            more = self._receive()
            if not more:
                if self._buffer:
                    raise WireError("the connection ended within a head")
                return None
            self._buffer += more
        text, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *rest = text.decode("latin-1").split("\r\n")
        pairs = (one.partition(":") for one in rest if ":" in one)
        return Head(line, tuple((name.strip(), value.strip()) for name, _, value in pairs))

    def read_some(self, most: int = 65536) -> bytes:
        """Up to so many bytes; nothing at the end."""
        found = self.peek()[:most]
        self._buffer = self._buffer[len(found) :]
        return found

    def read_body(self, head: Head) -> bytes:
        """The body of a request, as it came."""
        if "chunked" in head.get("transfer-encoding").lower():
            return self._read_until_last_chunk()
        length = head.get("content-length")
        return self._read_exactly(int(length)) if length.isdigit() else b""

    def _read_exactly(self, count: int) -> bytes:
        if count > LARGEST_BODY:
            raise WireError("the body is too long")
        found = b""
        while len(found) < count:
            more = self.read_some(count - len(found))
            if not more:
                raise WireError("the connection ended within a body")
            found += more
        return found

    def _read_until_last_chunk(self) -> bytes:
        found = b""
        while not found.endswith(b"0\r\n\r\n"):
            more = self.read_some()
            if not more or len(found) > LARGEST_BODY:
                raise WireError("the connection ended within a body")
            found += more
        return found

    def _receive(self) -> bytes:
        try:
            return self.sock.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            raise WireError(str(error)) from error

    def send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise WireError(str(error)) from error


def end(sock: socket.socket, *, reset: bool = False) -> None:
    """Closes a connection, in good order or by RST."""
    with contextlib.suppress(OSError):
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        sock.close()
