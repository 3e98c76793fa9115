// A published page cannot know that its evidence has aged, so this lowers what time alone has made untrue. It never
// raises anything, and changes no figure: those carry the date that they are about.
const past = (key) =>
  [...document.querySelectorAll(`[data-${key}]`)].filter(
    (mark) => Date.now() > Date.parse(mark.getAttribute(`data-${key}`)),
  );
for (const mark of past('valid-until')) {
  mark.dataset.state = 'stale';
  if (mark.matches('.badge')) mark.textContent = 'Stale';
}
for (const mark of past('until')) mark.hidden = true;
for (const mark of past('after')) mark.hidden = false;
