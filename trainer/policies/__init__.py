"""Starting policies that need no hub: what a package or this repository carries."""
