"""One reader per kind of file. Each gives rows in bounded batches, so that memory stays flat."""
