"""One metric a file, and the networks that some of them look through."""
