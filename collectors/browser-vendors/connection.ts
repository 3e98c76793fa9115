import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Answers } from '../clients/browser-gate.ts';
import { SourceUnreadable } from '../define.ts';

/** The part of Playwright’s storage state that is used. */
const StorageState = z.object({
  cookies: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      domain: z.string(),
      path: z.string(),
      expires: z.number(),
      httpOnly: z.boolean(),
      secure: z.boolean(),
      sameSite: z.enum(['Strict', 'Lax', 'None']),
    }),
  ),
  origins: z.array(
    z.object({ origin: z.string(), localStorage: z.array(z.object({ name: z.string(), value: z.string() })) }),
  ),
});
export type StorageState = z.infer<typeof StorageState>;

/**
 * `HOST=ADDRESS:PORT`, with spaces between them: hosts that this machine answers, for tests and demonstrations. Only
 * loopback addresses are taken. Throws SourceUnreadable.
 */
export function answersIn(resolve: string | undefined): Answers {
  const pairs = (resolve ?? '').split(/\s+/).filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [, host, address, port] = /^([a-z0-9.-]+)=(127(?:\.\d{1,3}){3}|\[::1\]):(\d{1,5})$/.exec(pair) ?? [];
      if (host === undefined || address === undefined || port === undefined)
        throw new SourceUnreadable(
          'configuration',
          '`resolve` is for tests: it names hosts and loopback addresses as in `app.example.com=127.0.0.1:8080`.',
        );
      return [host, { address: address.replace(/[[\]]/g, ''), port: Number(port) }];
    }),
  );
}

/**
 * Reads who is signed in from a file that Playwright has written. What it holds for other hosts than the declared ones is
 * left out: nothing of a person’s own browser goes to a third party. Throws SourceUnreadable.
 */
export async function storageStateIn(file: string, hosts: ReadonlySet<string>): Promise<StorageState> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM')
      throw new SourceUnreadable('denied', 'The file of `storageState` may not be read.');
    throw new SourceUnreadable('configuration', 'The file of `storageState` cannot be read.');
  });
  const state = StorageState.safeParse(jsonIn(text));
  if (!state.success)
    throw new SourceUnreadable('configuration', 'The file of `storageState` is not one that Playwright has written.');
  const isOwn = (host: string) => [...hosts].some((own) => own === host || own.endsWith(`.${host}`));
  return {
    cookies: state.data.cookies.filter(({ domain }) => isOwn(domain.replace(/^\./, ''))),
    origins: state.data.origins.filter(({ origin }) => hosts.has(URL.parse(origin)?.hostname ?? '')),
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
