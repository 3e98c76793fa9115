import { main } from '../../cli/main.ts';
import type { Ended } from './shell.ts';

/** Runs one command line in this process, in `cwd`. A person who answers can be passed; without one nobody is asked. */
export async function candor(cwd: string, argv: string[], ask?: (question: string) => Promise<string>): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
    ask,
    environment: {},
    cwd,
    now: () => new Date('2026-11-20T12:00:00Z'),
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

/** Answers to all that `candor init` wants to know. */
export const allAnswers: Readonly<Record<string, string>> = {
  name: 'Acme: "Tools" & more',
  'legal-name': 'Acme GmbH',
  product: 'Anvil',
  url: 'https://acme.dev',
  'trust-url': 'https://trust.acme.dev',
  'security-email': 'security@acme.dev',
  country: 'DE',
  'time-zone': 'Europe/Berlin',
};

/** The answers as options. */
export function asOptions(answers: Readonly<Record<string, string>>): string[] {
  return Object.entries(answers).flatMap(([name, value]) => [`--${name}`, value]);
}
