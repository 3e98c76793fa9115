import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { keyFileName } from '../../../ledger/keys/chain.ts';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { copyPublished } from '../../../ledger/publish.ts';
import { keep } from '../../../ledger/records/keep.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { openLedger } from '../../../ledger/writer.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { heartbeats } from '../heartbeats.ts';
import { flipped } from '../log/trees.ts';
import { unsealed } from '../records.ts';
import { buildCheck, findGo } from './go.ts';

const Checked = z.strictObject({
  origin: z.string(),
  size: z.int(),
  root: z.base64(),
  signers: z.array(z.string()),
  entries: z.int(),
  files: z.array(z.string()),
  began: z.array(z.int()),
});

const go = findGo();
const origin = 'trust.example.com/log';

// `npm test` installs Go where it can. Where there is none, vectors.test.ts compares what Go said before.
describe.skipIf(go === undefined)(
  `Go’s own packages${go === undefined ? ' (no Go with golang.org/x/mod here)' : ''}`,
  () => {
    let folder = '';
    let program = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'candor-go-'));
      program = buildCheck(go ?? {}, folder);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const run = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8' });

    /** A published page: a record, its heartbeat, then as many entries as to have each of these sizes, then new keys. */
    async function publish(sizes: readonly number[], keys = parseKeys(makeKeys())) {
      const [content, site] = [mkdtempSync(join(folder, 'content-')), mkdtempSync(join(folder, 'site-'))];
      const open = () => openLedger({ content, origin, keys, now: () => new Date(T0), state: undefined });
      let ledger = await open();
      for (const _ of ['record', 'heartbeat']) {
        const { kept, newest } = await readEvidence(content);
        await keep(ledger, unsealed(2), kept.get('app-db/rows'), newest.get('app-db/rows'));
      }
      const older: string[] = [];
      for (const size of sizes) {
        await ledger.append(heartbeats(size - ledger.head().size, at(T0)));
        const checkpoint = `${site}-${size}`;
        copyFileSync(join(content, 'ledger', 'log', 'checkpoint'), checkpoint);
        older.push(checkpoint);
        await ledger.close();
        ledger = await open();
      }
      await ledger.handOver(parseKeys(makeKeys()), at(T0 + 60_000));
      const head = ledger.head();
      const names = ledger.chain().map(({ entry }) => `keys/${keyFileName(entry)}.json`);
      await ledger.close();
      await copyPublished(content, site);
      return { site, older, head, names };
    }

    test.each([[[4]], [[5, 254]], [[255, 256, 257]], [[300, 700]], [[65_500, 65_536, 65_600]]])(
      'open the checkpoint, read the tiles and follow every proof of a log of %j entries',
      async (sizes) => {
        const { site, older, head, names } = await publish(sizes);
        const { stdout, stderr } = run('check', site, ...older);
        expect(stderr).toBe('');
        const { began, ...checked } = Checked.parse(JSON.parse(stdout));
        const last = sizes.at(-1) ?? 0;
        expect(checked).toEqual({
          origin,
          size: last + 2,
          root: Buffer.from(head.root, 'hex').toString('base64'),
          // The old key may sign until the hand-over ends, and does.
          signers: [expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^[0-9a-f]{8}$/)],
          entries: last + 2,
          files: ['evidence/app-db/rows.heartbeat.json', 'evidence/app-db/rows.json', ...names.toSorted()],
        });
        // The proofs of the first keys, the record, the heartbeat and the new keys, and the checkpoints from before.
        expect(began.toSorted((a, b) => a - b)).toEqual([2, 2, 3, 4, ...sizes, last + 2, last + 2]);
      },
    );

    test('refuse each file of it with a byte changed, and each that is missing', async () => {
      const { site } = await publish([260]);
      expect(run('check', site).status).toBe(0);
      const files = readdirSync(site, { recursive: true, encoding: 'utf8' })
        .map((name) => name.split(sep).join('/'))
        // The newest tiles are what the checkpoint promises; statements and PEM files are not for these packages.
        .filter((name) =>
          /^log\/(checkpoint|tile\/.*\/(000|001\.p\/6|000\.p\/1))$|proof$|vkey$|(rows|at|-[0-9a-f]{16})\.json$/.test(
            name,
          ),
        )
        .sort();
      expect(files).toHaveLength(20);
      for (const name of files) {
        const file = join(site, name);
        const bytes = readFileSync(file);
        writeFileSync(file, flipped(bytes, 8 * Math.floor(bytes.length / 2)));
        expect([name, run('check', site).status]).toEqual([name, 1]);
        rmSync(file);
        // Without its proof a file claims nothing, and Go looks no further.
        if (!name.endsWith('proof')) expect([name, run('check', site).status]).toEqual([name, 1]);
        writeFileSync(file, bytes);
      }
      expect(run('check', site).status).toBe(0);
    });

    test('refuse another history under the same key', async () => {
      const keys = parseKeys(makeKeys());
      const [one, another] = [await publish([10, 20], keys), await publish([12, 20], keys)];
      expect(run('check', one.site, ...one.older).status).toBe(0);
      expect(run('check', one.site, ...another.older)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/proof/),
      });
    });

    test('say of the recorded trees what they said when it was recorded', () => {
      const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'ledger', 'go.json');
      expect(JSON.parse(run('vectors').stdout)).toEqual(JSON.parse(readFileSync(recorded, 'utf8')));
    });
  },
);
