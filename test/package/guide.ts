import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './shell.ts';

/** The fenced blocks of a guide in one language, in order. */
export function blocks(guide: string, language: string): string[] {
  const text = readFileSync(join(root, 'docs', 'guides', guide), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, body = '']) =>
    name === language ? [body] : [],
  );
}
