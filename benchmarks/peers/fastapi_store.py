"""FastAPI on uvicorn with uvloop and httptools, and SQLAlchemy: `uvicorn … fastapi_store:app`."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from benchmarks.peers.deliveries import is_signed, keep, open_store

_engine = open_store()


async def receive(request: Request) -> JSONResponse:
    """Verifies, stores on a thread of the pool, and answers."""
    body = await request.body()
    if not is_signed(request.headers.get("X-Propexo-Signature"), body):
        return JSONResponse({"error": "invalid_signature"}, status_code=401)
    number = await run_in_threadpool(keep, _engine, json.loads(body), body)
    return JSONResponse({"status": "accepted", "delivery_id": number})


app = FastAPI()
app.add_api_route("/api/webhooks/propexo", receive, methods=["POST"], response_model=None)
