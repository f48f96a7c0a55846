"""Alongside: software for peer-led harm reduction. One package; one Django app a room (see ARCHITECTURE.md)."""

__version__ = "0.1.0"
