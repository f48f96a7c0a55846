"""Benchmarks: one script a question; `make bench` runs them all."""
