"""The HTTP face: routes, request reading, worker processes. No rule of scoring lives here."""
