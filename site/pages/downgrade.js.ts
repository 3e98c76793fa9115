import { text } from '../canonical.ts';
import script from '../scripts/downgrade.js?raw';

/** The one script of the page. A file, because the content security policy allows no inline script. */
export function GET(): Response {
  return text(script, 'text/javascript');
}
