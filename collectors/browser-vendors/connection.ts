import { readFile } from 'node:fs/promises';
import { z } from 'zod';
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
