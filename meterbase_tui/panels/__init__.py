"""The panels of the dashboard: each a frame around one view of the store."""
