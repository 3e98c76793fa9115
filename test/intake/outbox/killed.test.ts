import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { drain, LEASE_MS } from '../../../intake/outbox/drain.ts';
import { openStore } from '../../../intake/store/open.ts';
import { type Arrived, headersOf, openMailbox } from '../mail/servers.ts';
import { enqueue, lettersTo, outboxOf } from './rows.ts';

const program = fileURLToPath(new URL('./draining-process.ts', import.meta.url));
const now = new Date('2026-11-03T09:00:00Z');
const PROCESSES = 3;
/** How many each has under way. */
const WIDTH = 5;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test('three processes are killed while they send: no letter is lost, and those that come twice can be told', async () => {
  const store = await openStore({ url: server.url() });
  // It answers the first sixty; of all that come then it takes the letter and says nothing.
  let holding = true;
  const held = new Set<string>();
  const allHeld = Promise.withResolvers<void>();
  const idOf = ({ raw }: Arrived) => headersOf(raw).get('message-id')?.[0] ?? '';
  const mailbox = await openMailbox({
    hold: (letter) => {
      if (!holding || mailbox.arrived.length <= 60) return undefined;
      held.add(idOf(letter));
      if (held.size === PROCESSES * WIDTH) allHeld.resolve();
      return new Promise(() => undefined);
    },
  });
  const ids = await enqueue(store.db, now, lettersTo(200));
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, [program, server.url(), mailbox.url, now.toISOString()], { stdio: 'inherit' }),
  );
  const gone = children.map((child) => once(child, 'exit'));
  await allHeld.promise;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(gone);
  holding = false;

  expect(mailbox.arrived).toHaveLength(60 + PROCESSES * WIDTH);
  expect((await outboxOf(store.db)).filter(({ state }) => state === 'sent')).toHaveLength(60);
  const lane = smtpLane(mailbox.url, { sender: 'trust@larkspur.example', host: 'trust.larkspur.example' });
  expect(await drain(store.db, lane, () => now)).toBe(200 - 60 - PROCESSES * WIDTH);
  expect(await drain(store.db, lane, () => new Date(now.getTime() + LEASE_MS))).toBe(PROCESSES * WIDTH);

  const arrivals = Map.groupBy(mailbox.arrived.map(idOf), (id) => id);
  expect([...arrivals.keys()].sort()).toEqual(ids.map((id) => `<${id}@trust.larkspur.example>`).sort());
  const twice = [...arrivals].filter(([, times]) => times.length > 1);
  expect(new Set(twice.map(([id]) => id))).toEqual(held);
  expect(twice.every(([, times]) => times.length === 2)).toBe(true);
  expect((await outboxOf(store.db)).every(({ state }) => state === 'sent')).toBe(true);
  await store.close();
  await mailbox.close();
});
