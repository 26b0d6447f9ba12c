"""How do these tests speak to a simulator? Plain HTTP, as an agent or through the control routes."""

from __future__ import annotations

from typing import Any

import requests

from bot.simulator.server import SimulatorServer


class Client:
    """An agent's API client, with the control routes at hand. Paths are below `/api/v2` and `/_sim`."""

    def __init__(self, server: SimulatorServer, key: str = "sim-key") -> None:
        self.server, self.key = server, key

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send an API request."""
        url, timeout = f"{self.server.url}/api/v2/{path}", options.pop("timeout", 5)
        options.setdefault("auth", (self.key, "X"))
        return requests.request(method, url, json=body, timeout=timeout, allow_redirects=False, **options)

    def get(self, path: str, **params: Any) -> requests.Response:
        """Read a path with a query."""
        return self.send("GET", path, params=params)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        """Post a JSON body."""
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any = None) -> requests.Response:
        """Put a JSON body."""
        return self.send("PUT", path, body)

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a ticket and return it."""
        body = {"subject": "Consulta", "description": "<p>Hola</p>", "email": "ana@cliente.example"} | fields
        response = self.post("tickets", body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def sim(self, method: str, path: str, body: Any = None) -> Any:
        """Use a control route and return its JSON."""
        response = requests.request(method, f"{self.server.url}/_sim/{path}", json=body, timeout=5)
        assert response.ok, response.text
        return response.json() if response.content else None

    def customer_opens(self, **fields: Any) -> dict[str, Any]:
        """Open a ticket as a customer and return all of it."""
        return dict(self.sim("POST", "tickets", {"subject": "Consulta", "text": "Hola"} | fields))

    def whole(self, ticket_id: int) -> dict[str, Any]:
        """Return everything about a ticket."""
        return dict(self.sim("GET", f"tickets/{ticket_id}"))

    def switch(self, **switches: Any) -> None:
        """Turn switches."""
        self.sim("PUT", "switches", switches)

    def faults(self, **faults: Any) -> None:
        """Put faults in force."""
        self.sim("PUT", "faults", faults)


def problems(response: requests.Response) -> dict[str, str]:
    """Return the code of each field of a validation error."""
    assert response.json()["description"] == "Validation failed"
    return {error["field"]: error["code"] for error in response.json()["errors"]}
