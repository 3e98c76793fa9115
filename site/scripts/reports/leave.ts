/**
 * What is in the page is gone when it is left: a browser may keep a page in memory to show it again, whatever the server says. What
 * `isBegun` and was not sent is asked about before.
 */
export function leaveNothing(isBegun: () => boolean): void {
  addEventListener('beforeunload', (event) => {
    if (isBegun()) event.preventDefault();
  });
  addEventListener('pagehide', () => document.querySelector('main')?.remove());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
