"""Lanes: one for each gateway and each push service, so that one that hangs holds up nobody else's letters.

A lane has its own workers, as many as it may have letters under way at once. Where several letters in a row took long and
failed, the lane is shut for a while, so that letters go by another channel instead of waiting in it; then one letter at a
time tries whether it is well again. Nothing here touches the database.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alongside.outbox.gateways import Outcome
from alongside.outbox.sockets import Session

log = logging.getLogger("alongside.outbox")

SLOW = 2.0
"""Seconds from which on a letter that fails took long."""
STRIKES = 5
"""So many slow failures in a row shut a lane."""
SHUT = 5.0
"""Seconds for which a lane is shut at first; twice as long each time."""
SHUT_MOST = 60.0
FULL = 60
"""A lane that would take fewer letters than so many counts as full."""
LOST = 25.0
"""Seconds after which a letter under way is given up, whatever its worker still waits for."""
_FEW = 8
_SLOWLY = 0.02


@dataclass(eq=False)
class Task:
    """One letter under way. ``send`` is called by a worker, with its session."""

    letter: Any
    send: Callable[[Session], Outcome]
    given: float = 0.0
    begun: float | None = None
    session: Session | None = None
    over: bool = False


@dataclass(eq=False)
class Lane:
    """One provider. At most ``width`` letters go at once and ``ahead`` more wait; results go to ``results``."""

    name: str
    width: int
    ahead: int
    results: "queue.SimpleQueue[tuple[Task, Outcome]]"
    clock: Callable[[], float] = time.monotonic
    _queue: "queue.SimpleQueue[Task | None]" = field(default_factory=queue.SimpleQueue)
    _tasks: set[Task] = field(default_factory=set)
    _workers: int = 0
    _lost: int = 0
    _strikes: int = 0
    _shut_until: float = 0.0
    _shut_for: float = SHUT
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def room(self) -> int:
        """How many letters it would take now: 0 when it is full or shut, 1 when it is to be tried again."""
        with self._lock:
            if self._strikes >= STRIKES:
                return int(self.clock() >= self._shut_until and not self._tasks)
            return max(0, self.width + self.ahead - len(self._tasks))

    def full(self) -> bool:
        """Whether it is open, and so full that letters for it are better left until there is some room again."""
        with self._lock:
            return self._strikes < STRIKES and self.width + self.ahead - len(self._tasks) < FULL

    def shut(self) -> float:
        """For how many seconds more it is shut; 0 when it is open or may be tried."""
        with self._lock:
            return max(0.0, self._shut_until - self.clock()) if self._strikes >= STRIKES else 0.0

    def give(self, task: Task) -> None:
        """Put a letter on its way, where there is room."""
        with self._lock:
            task.given = self.clock()
            self._tasks.add(task)
            if self._workers - self._lost < min(len(self._tasks), _FEW, self.width):
                self._grow()
        self._queue.put(task)

    def waiting(self, longer: float) -> list[Task]:
        """The letters that have waited for a worker for longer than so many seconds."""
        with self._lock:
            return [t for t in self._tasks if t.begun is None and self.clock() - t.given > longer]

    def drop(self, task: Task) -> None:
        """Leave out a letter, if no worker has begun with it."""
        with self._lock:
            if task.begun is None:
                task.over = True
                self._tasks.discard(task)

    def watch(self) -> None:
        """Take on more workers where letters wait, and give up letters that are under way for too long."""
        with self._lock:
            now = self.clock()
            waiting = sum(t.begun is None for t in self._tasks)
            if waiting and all(now - t.begun > _SLOWLY for t in self._tasks if t.begun is not None):
                for _ in range(min(_FEW, waiting)):
                    self._grow()
            late = [t for t in self._tasks if t.begun is not None and now - t.begun > LOST]
            for task in late:
                self._lost += 1
                self._ended(task, Outcome("hung"), slow=True)
        for task in late:
            if task.session is not None:
                task.session.abort()

    def end(self) -> None:
        """Let the workers end once they have nothing to do."""
        for _ in range(self._workers):
            self._queue.put(None)

    def _grow(self) -> None:
        if self._workers - self._lost < self.width and self._lost < self.width * 2:
            self._workers += 1
            threading.Thread(target=self._work, name=f"outbox {self.name}", daemon=True).start()

    def _work(self) -> None:
        session = Session()
        while (task := self._queue.get()) is not None:
            with self._lock:
                if task.over:
                    continue
                task.session, task.begun = session, self.clock()
            outcome = self._sent(task, session)
            with self._lock:
                if not task.over:
                    self._ended(task, outcome, slow=self.clock() - task.begun > SLOW)
                    continue
                self._lost -= 1
            if outcome.what == "sent":  # it was given up, and went after all
                self.results.put((task, outcome))
        session.close()
        with self._lock:
            self._workers -= 1

    def _sent(self, task: Task, session: Session) -> Outcome:
        try:
            return task.send(session)
        except Exception:  # one letter that cannot be sent must not end its worker
            log.exception("a letter could not be handed to %s", self.name)
            session.close()
            return Outcome("failed")

    def _ended(self, task: Task, outcome: Outcome, *, slow: bool) -> None:
        """Take a letter off, say what became of it, and count. A quick failure takes nobody's place: it counts for nothing."""
        task.over = True
        self._tasks.discard(task)
        self.results.put((task, outcome))
        if outcome.what not in {"failed", "hung"}:
            self._strikes, self._shut_for = 0, SHUT
        elif slow:
            again = self._strikes >= STRIKES
            self._strikes += 1
            if self._strikes == STRIKES or (again and not self._tasks):
                self._shut_for = min(self._shut_for * 2, SHUT_MOST) if again else SHUT
                self._shut_until = self.clock() + self._shut_for
                self._hand_back()

    def _hand_back(self) -> None:
        """The letters that wait go back, so that they leave by another channel or later."""
        for task in [t for t in self._tasks if t.begun is None]:
            task.over = True
            self._tasks.discard(task)
            self.results.put((task, Outcome("back")))
