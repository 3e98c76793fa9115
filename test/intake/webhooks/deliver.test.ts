import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { advance } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { drain } from '../../../intake/outbox/drain.ts';
import type { Message } from '../../../intake/outbox/message.ts';
import { webhookLane, webhookLaneReaching } from '../../../intake/webhooks/deliver.ts';
import { type Endpoint, endpointsOf } from '../../../intake/webhooks/endpoint.ts';
import { type Certificate, makeCertificate } from '../certificate.ts';
import { enqueue, outboxOf } from '../outbox/rows.ts';
import { onBothStores } from '../stores.ts';
import { openReceiver, type Receiver, reachOf } from './receiver.ts';

// The library that verifies has no clock but the machine's, and a tolerance of five minutes.
const T0 = Date.now();
const HOUR = 3_600_000;
const at = (ms: number) => new Date(T0 + ms);
const clock = (ms: number) => () => at(ms);
const keys = ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'C2FVsBQIhrscChlQIMV+b5sSYspob7oD'].map((key) => `whsec_${key}`);
const event = {
  type: 'request.received',
  timestamp: '2026-11-03T09:00:00Z',
  data: { request: 'dpa-request-4f1s9k2m00000000', needs: ['dpa'] },
} as const;
const message: Message = { channel: 'webhook', event };

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate('hooks.quill.example');
});

let receiver: Receiver;
let answer: (response: ServerResponse, path: string) => void;
beforeEach(async () => {
  answer = (response) => response.writeHead(204).end();
  receiver = await openReceiver(certificate, (response, { path }) => answer(response, path));
});
afterEach(() => receiver.close());

function endpoint(id: string, more: Partial<Extract<Endpoint, { kind: 'standard' }>> = {}): Endpoint {
  const url = `https://hooks.quill.example:${receiver.port}/${id}`;
  return { id, kind: 'standard', url, secrets: keys.slice(0, 1), ...more };
}

const slack = (): Endpoint => ({
  id: 'chat',
  kind: 'slack',
  url: `https://hooks.quill.example:${receiver.port}/services/T0/B0/secret`,
});

onBothStores('events', (fresh) => {
  const told = (endpoints: Endpoint[], ms: number) => {
    const { db } = fresh().store;
    const reach = reachOf(receiver.port, certificate.cert);
    return drain(db, webhookLaneReaching(reach, db, endpoints, clock(ms)), clock(ms));
  };
  const deliveries = async () => (await outboxOf(fresh().store.db)).filter(({ channel }) => channel === 'delivery');

  test('go to all who listen, signed, each once', async () => {
    const { db } = fresh().store;
    const [id] = await enqueue(db, at(0), [message]);
    const endpoints = [
      endpoint('security-team'),
      endpoint('rotating', { secrets: keys }),
      endpoint('others', { events: ['document.granted'] }),
      endpoint('these', { events: ['document.granted', 'request.received'] }),
    ];
    expect(await told(endpoints, 0)).toBe(3);
    expect(await told(endpoints, HOUR)).toBe(0);
    expect(receiver.heard.map(({ path }) => path).sort()).toEqual(['/rotating', '/security-team', '/these']);
    for (const { path, headers, body } of receiver.heard) {
      expect(JSON.parse(body)).toEqual(event);
      expect(headers['webhook-id']).toBe(id);
      const signatures = String(headers['webhook-signature']).split(' ');
      expect(signatures).toHaveLength(path === '/rotating' ? 2 : 1);
      const asked = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      for (const key of path === '/rotating' ? keys : keys.slice(0, 1))
        expect(new Webhook(key).verify(body, asked)).toEqual(event);
      expect(() => new Webhook(keys[0] ?? '').verify(`${body} `, asked)).toThrow('No matching signature');
    }
    expect((await outboxOf(db)).map(({ state }) => state)).toEqual(Array(4).fill('sent'));
  });

  test('of a change carry its submission, so that a failure is known for what it is', async () => {
    const { db } = fresh().store;
    const request = await wayIn(db)('dpa-request', {}, { at: at(0), actor: 'visitor', send: [message] });
    await advance(db, request, 'verified', { at: at(0), actor: 'visitor', send: [message] });
    expect(await told([endpoint('security-team')], 0)).toBe(2);
    const rows = await db.selectFrom('outbox').select('submission').execute();
    expect(rows).toEqual(Array(4).fill({ submission: request.id }));
  });

  test('told to nobody are done', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), Array(250).fill(message));
    expect(await told([], 0)).toBe(0);
    expect(await outboxOf(db)).toMatchObject(Array(250).fill({ state: 'sent', message: {} }));
  });

  test('are told by several processes at once, and still once', async () => {
    const { store, again } = fresh();
    const stores = [store, (await again?.()) ?? store, (await again?.()) ?? store];
    await enqueue(store.db, at(0), Array(60).fill(message));
    const reach = reachOf(receiver.port, certificate.cert);
    const endpoints = [endpoint('a'), endpoint('b')];
    await Promise.all(stores.map(({ db }) => drain(db, webhookLaneReaching(reach, db, endpoints, clock(0)), clock(0))));
    const heard = receiver.heard.map(({ path, headers }) => `${path} ${headers['webhook-id']}`);
    expect([heard.length, new Set(heard).size]).toEqual([120, 120]);
  });

  test('that one endpoint does not take are tried again there alone, with the same id and a new time', async () => {
    const { db } = fresh().store;
    const [id] = await enqueue(db, at(0), [message]);
    const endpoints = [endpoint('fine'), endpoint('broken')];
    answer = (response, path) => response.writeHead(path === '/broken' ? 500 : 204).end();
    const heardBy = (path: string) => receiver.heard.filter((each) => each.path === path);
    await told(endpoints, 0);
    expect((await deliveries()).map(({ state, failure }) => [state, failure]).sort()).toEqual([
      ['sent', null],
      ['waiting', 'http-500'],
    ]);
    answer = (response) => response.writeHead(204).end();
    await told(endpoints, HOUR);
    expect(heardBy('/fine')).toHaveLength(1);
    const [first, second] = heardBy('/broken');
    expect([first?.headers['webhook-id'], second?.headers['webhook-id']]).toEqual([id, id]);
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(3600);
    expect(second?.body).toBe(first?.body);
  });

  test('wait as long as they are asked to by 429 and 503, within limits, and by no other answer', async () => {
    const { db } = fresh().store;
    const waits: number[] = [];
    for (const [status, seconds] of [
      [429, 3_600],
      [503, 7_200],
      [429, 900_000],
      [500, 3_600],
    ] as const) {
      await enqueue(db, at(0), [message]);
      answer = (response) => response.writeHead(status, { 'retry-after': String(seconds) }).end();
      await told([endpoint('busy')], 0);
      const [row] = await deliveries();
      waits.push(((row?.dueAt.getTime() ?? 0) - T0) / HOUR);
      await db.deleteFrom('outbox').execute();
    }
    expect(waits.slice(0, 3)).toEqual([1, 2, 6]);
    expect(waits[3]).toBeLessThan(0.01);
  });

  test('no longer go to an endpoint that is gone, until it is declared with another address', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), [message, message]);
    answer = (response, path) => response.writeHead(path === '/old' ? 410 : 204).end();
    const old = endpoint('team', { url: `https://hooks.quill.example:${receiver.port}/old` });
    const fine = endpoint('fine');
    await told([old, fine], 0);
    const before = receiver.heard.filter(({ path }) => path === '/old').length;
    expect(before).toBeGreaterThan(0);
    expect((await deliveries()).filter(({ failure }) => failure === 'gone')).toHaveLength(2);
    await enqueue(db, at(0), [message]);
    await told([old, fine], HOUR);
    expect(receiver.heard.filter(({ path }) => path === '/old')).toHaveLength(before);
    expect(receiver.heard.filter(({ path }) => path === '/fine')).toHaveLength(3);
    await enqueue(db, at(0), [message]);
    await told([endpoint('team'), fine], 2 * HOUR);
    expect(receiver.heard.filter(({ path }) => path === '/team')).toHaveLength(1);
  });

  test('reach a chat as a text that calls nobody and links nowhere', async () => {
    const { db } = fresh().store;
    const text = 'Request 4f1s: <!channel> & <https://evil.example|click>';
    await enqueue(db, at(0), [message, { channel: 'webhook', event: { ...event, text } }]);
    await told([slack()], 0);
    expect(receiver.heard.map(({ body }) => JSON.parse(body)).sort((a, b) => (a.text < b.text ? -1 : 1))).toEqual([
      { text: 'Request 4f1s: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;' },
      { text: 'request.received' },
    ]);
    expect(receiver.heard.every(({ headers }) => headers['webhook-signature'] === undefined)).toBe(true);
  });

  test('in production do not reach this machine, and those for nobody fail', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), [message]);
    const inside = endpoint('inside', { url: `https://127.0.0.1:${receiver.port}/` });
    await drain(db, webhookLane(db, [inside], clock(0)), clock(0));
    expect(await deliveries()).toMatchObject([{ state: 'failed', failure: 'address-refused', message: {} }]);
    expect(receiver.connections()).toBe(0);
    await db.deleteFrom('outbox').execute();
    await enqueue(db, at(0), [message]);
    answer = (response) => response.writeHead(500).end();
    await told([endpoint('former')], 0);
    await told([], HOUR);
    expect(await deliveries()).toMatchObject([{ state: 'failed', failure: 'no-such-endpoint' }]);
  });
});

test('what is declared wrongly is refused, and neither its address nor its secret is repeated', () => {
  const right = { id: 'team', kind: 'standard', url: 'https://hooks.quill.example/in', secrets: keys };
  expect(endpointsOf([right, { id: 'chat', kind: 'slack', url: 'https://hooks.quill.example/x' }])).toHaveLength(2);
  const wrong = [
    { ...right, url: 'http://hooks.quill.example/in' },
    { ...right, url: 'https://user:hidden@hooks.quill.example/in' },
    { ...right, secrets: ['hidden'] },
    { ...right, secrets: [`whsec_${Buffer.from('hidden').toString('base64')}`] },
    { ...right, secrets: [] },
    { ...right, kind: 'hidden' },
    { ...right, hidden: true },
    { ...right, id: 'Hidden Team' },
    'hidden',
  ];
  const problems = wrong.map((value) => {
    try {
      return endpointsOf([value]).length;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
    }
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`url\` must be a web address that starts with https://.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`url\` must hold no user and no password.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`secrets\` must be whsec_ and 24 to 64 bytes in Base64.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`secrets\` must be whsec_ and 24 to 64 bytes in Base64.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`secrets\` is not right.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: \`kind\` is not right.",
      "EndpointRefused: webhook endpoint \`team\` cannot be used: is not right.",
      "EndpointRefused: webhook endpoint \`1\` cannot be used: \`id\` must be kebab-case: lower-case letters, digits and single hyphens.",
      "EndpointRefused: webhook endpoint \`1\` cannot be used: is not right.",
    ]
  `);
  expect(problems.join().toLowerCase()).not.toContain('hidden');
  expect(() => endpointsOf([right, right])).toThrow('another one has this id');
});
