"""The one path that faces the internet."""

WEBHOOK_PATH = "/api/webhooks/propexo"
