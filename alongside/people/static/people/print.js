// A button that prints the page, there only where a script can do it.
for (const place of document.querySelectorAll('[data-print]')) {
  place.hidden = false
  place.querySelector('button').addEventListener('click', () => window.print())
}
