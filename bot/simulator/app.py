"""Which routes does the simulator answer? Puts the endpoints of one account into a Flask app."""

from __future__ import annotations

from flask import Flask

from bot.simulator import (
    account,
    automation_rules,
    companies,
    contacts,
    control,
    conversations,
    gate,
    ratings,
    search,
    solutions,
    tickets,
    time_entries,
)
from bot.simulator.control import Board


def create_app(board: Board) -> Flask:
    """Return the app of one account with its control routes."""
    app = Flask(__name__, static_folder=None)
    app.config.update(STATE=board.state, BOARD=board)
    app.url_map.strict_slashes = False
    gate.install(app)
    work = (tickets, conversations, time_entries, ratings, automation_rules)
    for room in (*work, contacts, companies, search, solutions, account, control):
        app.register_blueprint(room.routes)
    return app
