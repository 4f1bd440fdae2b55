"""Build-time code: from the pinned packages and the hand-written tables to the artifact."""
