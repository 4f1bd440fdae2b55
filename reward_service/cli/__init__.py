"""The command line `clinical-reward`. One file per command; no rule of scoring lives here."""
