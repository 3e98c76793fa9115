import { code } from 'virtual:candor/report-script';
import { text } from '../../canonical.ts';

/** The script of the form, at the address that the static site has it at, in the same bytes. */
export function GET(): Response {
  return text(code, 'text/javascript');
}
