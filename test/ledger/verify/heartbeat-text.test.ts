import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heartbeatIn } from '../../../ledger/verify/heartbeat-text.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { Heartbeat } from '../../../schemas/index.ts';

const word = fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,3}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const heartbeats = fc.record({
  schema: fc.constant('candor/heartbeat@1' as const),
  source: word,
  collector: word,
  record: digest,
  commit: fc.option(fc.stringMatching(/^[0-9a-f]{40}$/)),
  run: fc.record({ startedAt: instant, endedAt: instant, trigger: fc.constantFrom('manual', 'schedule', 'start') }),
  collectedAt: instant,
  previous: fc.record({ index: fc.nat(), digest }),
});

test('reads a heartbeat as its schema does, or leaves it to the schema', () => {
  let read = 0;
  fc.assert(
    fc.property(heartbeats, (heartbeat) => {
      const facts = heartbeatIn(Buffer.from(`${canonicalJson(heartbeat)}\n`));
      if (facts === undefined) return;
      read += 1;
      const { source, collector, collectedAt, record, previous, run } = Heartbeat.parse(heartbeat);
      expect(facts).toEqual({ name: `${source}/${collector}`, collectedAt, endedAt: run.endedAt, record, previous });
    }),
    { numRuns: 500 },
  );
  expect(read).toBeGreaterThan(250);
});

test('takes nothing that the schema refuses, whatever byte is changed', () => {
  let taken = 0;
  fc.assert(
    fc.property(heartbeats, fc.nat(), fc.nat({ max: 255 }), (heartbeat, position, byte) => {
      const bytes = Buffer.from(`${canonicalJson(heartbeat)}\n`);
      bytes[position % bytes.length] = byte;
      const facts = heartbeatIn(bytes);
      if (facts === undefined) return;
      taken += 1;
      const text = bytes.toString('utf8');
      expect(`${canonicalJson(Heartbeat.parse(JSON.parse(text)))}\n`).toBe(text);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(0);
});

test.each(['2026-02-30', '2026-13-01', '2026-00-10', '2026-01-00'])(
  'a day that does not exist is refused: %s',
  (day) => {
    const [first] = fc.sample(heartbeats, 1);
    const at = `${day}T00:00:00.000Z`;
    expect(heartbeatIn(Buffer.from(`${canonicalJson({ ...first, collectedAt: at })}\n`))).toBeUndefined();
  },
);
