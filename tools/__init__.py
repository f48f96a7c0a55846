"""Scripts of the project; `make` runs them."""
