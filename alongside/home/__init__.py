"""home: cross-room screens (first page, home, my record), flows that set one room off from another, the demo.

May import every room below it.
"""
