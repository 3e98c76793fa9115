/** Who writes: the company’s legal name, and where its forms answer. */
export type Letterhead = { company: string; url: string };

/** A whole address of the forms. `path` begins and ends with a slash, or names a file. */
export function addressOf({ url }: Letterhead, path: `/${string}`): string {
  return `${url.replace(/\/$/, '')}${path}`;
}

/** What stands at the end of a sentence, with one full stop: of “Larkspur Desk, Inc.” there is one already. */
export function sentence(end: string): string {
  return end.endsWith('.') ? end : `${end}.`;
}
