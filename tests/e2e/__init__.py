"""The real server and a real browser. `docs` of the helpers: server.py (the server), phone.py (what a page must be)."""
