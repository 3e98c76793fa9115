// A published page cannot know that its evidence has aged, so this lowers what time alone has made untrue. It never
// raises anything, and changes no figure: those carry the date that they are about.
for (const badge of document.querySelectorAll('[data-valid-until]')) {
  if (Date.now() > Date.parse(badge.dataset.validUntil)) {
    badge.dataset.state = 'stale';
    badge.textContent = 'Stale';
  }
}
for (const note of document.querySelectorAll('[data-after]')) {
  if (Date.now() > Date.parse(note.dataset.after)) note.hidden = false;
}
