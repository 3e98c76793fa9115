import { SourceUnreadable } from '../define.ts';

/** Where a host is answered instead of by itself: `host` → address of this machine, and port. */
export type Answers = ReadonlyMap<string, { address: string; port: number }>;

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
