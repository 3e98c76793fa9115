import { text } from '../canonical.ts';

/** A disc that is filled in part: some is shown, some is not. */
export function GET(): Response {
  return text(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="13" fill="#fff" stroke="#1d4f46" stroke-width="3"/><path d="M16 3a13 13 0 1 1-13 13h13z" fill="#1d4f46"/></svg>\n',
    'image/svg+xml',
  );
}
