"""config: settings, URLs, the server's entry points and the command line. Sees every room; no room sees it."""
