"""The local API and the public port of the stand-in for ngrok's agent."""

from __future__ import annotations

import base64
import http.client
import http.server
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from tests.stand_ins.ngrok_agent import Agent


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    agent: ClassVar[Agent]
    handed_out: ClassVar[dict[str, dict[str, Any]]] = {}
    requests: ClassVar[list[dict[str, Any]]] = []

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: stderr belongs to the scenario."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, data: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer_json(self, status: int, value: object) -> None:
        self.answer(status, json.dumps(value).encode(), Content_Type="application/json")


class Api(Quiet):
    """What the agent serves on 127.0.0.1:4040."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        kind = "endpoints" if path.startswith("/api/endpoints") else "tunnels"
        if kind == "endpoints" and not self.agent.has_endpoints:
            # The real agent writes to its log for every request that it does not know.
            for number in range(3):
                more = {"pg": path, "number": str(number), "padding": "x" * 300}
                self.agent.log("info", "end", **more)
            self.answer(404)
        elif path in {"/api/endpoints", "/api/tunnels"}:
            self.answer_json(200, {kind: list(self.handed_out.values())})
        elif path == "/api/requests/http":
            self.answer_json(200, {"requests": self.requests[::-1]})
        else:
            self.answer(404)

    def do_POST(self) -> None:
        body = self.body()
        if self.path.startswith("/stand-in/"):
            self.happen(self.path.rpartition("/")[2])
        elif self.path in {"/api/endpoints", "/api/tunnels"}:
            self.open(json.loads(body))
        elif self.path == "/api/requests/http":
            self.replay(json.loads(body)["id"])
        else:
            self.answer(404)

    def open(self, asked: dict[str, Any]) -> None:
        fixed = asked.get("url") or asked.get("domain") or asked.get("hostname") or ""
        domain = fixed.removeprefix("https://")
        if self.agent.scenario == "taken" or (domain and not self.agent.claim(domain)):
            self.refuse(334, f"The endpoint '{fixed}' is already online.")
            return
        upstream = asked["upstream"]["url"] if "upstream" in asked else asked["addr"]
        url = f"https://{domain}" if domain else serve_public(self.agent, upstream)
        kind = "url" if self.path == "/api/endpoints" else "public_url"
        made = {"name": asked["name"], kind: url, "uri": f"{self.path}/{asked['name']}"}
        self.handed_out[asked["name"]] = {**made, "asked": asked}
        self.answer_json(201, made)

    def refuse(self, number: int, text: str) -> None:
        error = f"failed to start tunnel: {text}\\r\\n\\r\\nERR_NGROK_{number}\\r\\n"
        details = {"err": error}
        reply = {"error_code": 103, "status_code": 502, "msg": "failed", "details": details}
        self.answer_json(502, reply)

    def replay(self, number: str) -> None:
        kept = next(entry for entry in self.requests if entry["id"] == number)
        head, _, body = base64.b64decode(kept["request"]["raw"]).partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        method, path, _ = line.split(" ")
        headers = dict(field.split(": ", 1) for field in fields)
        forward(kept["upstream"], method, path, headers, body)
        self.answer(204)

    def happen(self, what: str) -> None:
        agent = self.agent
        if what == "drop":
            agent.connected.clear()
            agent.log("warn", "session closed, starting reconnect loop", err="connection reset")
            error = "dial tcp: lookup x: no such host"
            agent.log("eror", "failed to reconnect session", err=error)
        elif what == "restore":
            agent.connected.set()
            agent.log("info", "tunnel session started", obj="tunnels.session")
            agent.log("info", "client session established", obj="csess")
        elif what == "revoke":
            agent.fail(107, f"Your authtoken: {agent.token()}")
        elif what == "crash":
            os._exit(2)
        self.answer(200)


class Public(Quiet):
    """What the internet sees."""

    upstream = ""

    def do_POST(self) -> None:
        body = self.body()
        if not self.agent.connected.is_set():
            self.answer(404, b"offline", ngrok_error_code="ERR_NGROK_3200")
            return
        headers = dict(self.headers.items())
        status, answer = forward(self.upstream, self.command, self.path, headers, body)
        self.note(headers, body, status)
        self.answer(status, answer)

    do_GET = do_POST  # noqa: N815

    def note(self, headers: dict[str, str], body: bytes, status: int) -> None:
        lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
        raw = f"{self.command} {self.path} HTTP/1.1{lines}\r\n\r\n".encode("latin-1") + body
        encoded = base64.b64encode(raw).decode()
        request = {"method": self.command, "uri": self.path, "raw": encoded}
        entry = {"id": f"airt_{len(self.requests)}", "upstream": self.upstream}
        entry |= {"start": str(time.time())}
        self.requests.append({**entry, "request": request, "response": {"status_code": status}})


def forward(
    upstream: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(upstream.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 502, b"ERR_NGROK_8012"
    finally:
        connection.close()


def serve_api(agent: Agent) -> int:
    """Opens the local API; returns its port."""
    return _serve(type("BoundApi", (Api,), {"agent": agent}))


def serve_public(agent: Agent, upstream: str) -> str:
    """Opens a public port; returns its address."""
    bound = type("BoundPublic", (Public,), {"agent": agent, "upstream": upstream})
    return f"http://127.0.0.1:{_serve(bound)}"


def _serve(handler: type[Quiet]) -> int:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server.server_port
