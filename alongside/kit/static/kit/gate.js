// Runs before anything is painted: while a quick exit is still to be finished, the page stays blank.
// A classic script on purpose: a module would run after the first paint.
try {
  if (localStorage.getItem('alongside-exit')) document.documentElement.hidden = true
} catch (error) {
  // No storage on this phone: then no exit can be waiting either.
}
