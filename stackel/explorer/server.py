"""Serve the page on this machine alone, until Ctrl-C."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from importlib.util import find_spec

from stackel.errors import MissingExtraError, StackelError

if find_spec("bokeh") is None:
    raise MissingExtraError("local pages", "explore", "bokeh")
if find_spec("torch") is None:
    raise MissingExtraError("local pages", "explore", "torch")

import torch
from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.server.server import Server

from stackel import catalog
from stackel.errors import InvalidGameError
from stackel.explorer.page import Page
from stackel.explorer.payoffs import check_explorable
from stackel.game import BimatrixGame

ADDRESS = "127.0.0.1"
"""No other machine can connect."""


def serve(
    game: BimatrixGame,
    *,
    port: int,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until the process is interrupted.

    Parameters
    ----------
    game : BimatrixGame
        The game shown first, 2 x 2 or 2 x 3.
    port : int
        0 takes a free one.
    ready : callable, optional
        Called with the page's address once it is served.

    Raises
    ------
    InvalidGameError
        When the game has another size.
    StackelError
        When the port cannot be had.
    """
    check_explorable(game)
    torch.set_num_threads(1)  # the tensors are tiny
    names = explorable_names()
    port = _free(port)
    application = Application(FunctionHandler(lambda document: Page(game, names).fill(document)))
    server = Server(
        {"/": application},
        address=ADDRESS,
        port=port,
        allow_websocket_origin=[f"{ADDRESS}:{port}", f"localhost:{port}"],
    )
    server.start()
    try:
        if ready is not None:
            ready(f"http://{ADDRESS}:{server.port}/")
        server.io_loop.start()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


def _free(port: int) -> int:
    """The port, or for 0 a free one, so that it can be named to the server as its only origin."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be had: {error.strerror}"
            raise StackelError(
                f"port {port} of {ADDRESS} {why}; --port 0 takes a free one"
            ) from None
        return int(probe.getsockname()[1])


def explorable_names() -> list[str]:
    """The games of the catalogue that can be explored."""
    found = []
    for name in catalog.names():
        try:
            check_explorable(catalog.load(name).game)
        except InvalidGameError:
            continue
        found.append(name)
    return found
