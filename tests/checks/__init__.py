"""What `make check` holds about the project as a whole; none of it needs a database."""
