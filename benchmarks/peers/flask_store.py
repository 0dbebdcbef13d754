"""Flask on gunicorn with eight threads, and SQLAlchemy: `gunicorn … flask_store:app`."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, request

from benchmarks.peers.deliveries import is_signed, keep, open_store

_engine = open_store()


def receive() -> tuple[dict[str, Any], int]:
    """Verifies, stores and answers."""
    body = request.get_data()
    if not is_signed(request.headers.get("X-Propexo-Signature"), body):
        return {"error": "invalid_signature"}, 401
    return {"status": "accepted", "delivery_id": keep(_engine, json.loads(body), body)}, 200


app = Flask(__name__)
app.add_url_rule("/api/webhooks/propexo", view_func=receive, methods=["POST"])
