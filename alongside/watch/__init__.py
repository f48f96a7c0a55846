"""watch: "keep an eye on me", and it never fails to call.

Owns the people that somebody chose to be watched over by, a group's rota of responders, timed check-ins and the calls
that they make when there is no answer. How it holds is in ``docs/watch.md``. May import people, outbox and kit.
"""
