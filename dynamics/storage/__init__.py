"""The files of a run: what they hold, their checksums, and one process at a time in a folder."""
