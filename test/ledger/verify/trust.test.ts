import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Trust } from '../../../schemas/index.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { editFile, verdictOn } from './forger.ts';
import { DAY, failing, HOUR, makePage, type Page, sign } from './page.ts';

/** Somebody with all keys, whose trust.json says something else than the records. */
const NOW = T0 + DAY;
let page: Page;

beforeEach(async () => {
  page = await makePage();
  await page.collect(T0);
});
afterEach(() => page.remove());

const verdict = (now = NOW) => verdictOn(page, now);
const resign = () => sign(page.site, page.content, page.keys, NOW);

const none = { passed: 0, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };

describe('trust.json', () => {
  const claimOf = (trust: Trust) => {
    const [claim] = trust.claims;
    const [check] = claim?.checks ?? [];
    if (claim === undefined || check === undefined) throw new Error('no claim');
    return { claim, check };
  };
  const rollUp = (trust: Trust, state: 'verified' | 'unbacked', of: string) => {
    const { claim } = claimOf(trust);
    const { since, observedAt, dueAt, validUntil, freshness } = claim;
    const part = { id: of, state, reason: '', since, observedAt, dueAt, validUntil, freshness };
    trust.claims.push({ ...claim, id: 'all-is-well', checks: [], claims: [part] });
    trust.coverage = { inPlace: 2, verified: 2, percent: 100 };
    trust.states.verified = 2;
  };

  test.each<[string, (trust: Trust) => void]>([
    [
      'a check of another record',
      (trust) => {
        claimOf(trust).check.ref = 'vault-db/rows#no-cross-tenant-read';
      },
    ],
    [
      'another outcome',
      (trust) => {
        claimOf(trust).check.counts = { ...none, passed: 900 };
      },
    ],
    [
      'a longer validity',
      (trust) => {
        claimOf(trust).check.validUntil = at(NOW + 900 * DAY);
      },
    ],
    [
      'a claim that rests on nothing',
      (trust) => {
        claimOf(trust).claim.checks = [];
      },
    ],
    [
      'a plan that is verified',
      (trust) => {
        claimOf(trust).claim.status = 'planned';
      },
    ],
    ['a roll-up of what is not there', (trust) => rollUp(trust, 'verified', 'nowhere')],
    ['a roll-up that is better than its part', (trust) => rollUp(trust, 'unbacked', 'rows-are-scoped')],
    [
      'an attestation that verifies',
      (trust) => {
        const { claim } = claimOf(trust);
        const { since, observedAt, dueAt, validUntil, freshness } = claim;
        claim.attestations = [
          { id: 'said-so', state: 'verified', reason: '', since, observedAt, dueAt, validUntil, freshness },
        ];
      },
    ],
    [
      'a percentage',
      (trust) => {
        trust.coverage.percent = 99;
      },
    ],
    [
      'a count of states',
      (trust) => {
        trust.states.failing = 1;
      },
    ],
    [
      'a claim twice',
      (trust) => {
        trust.claims.push(claimOf(trust).claim);
      },
    ],
    [
      'no line for a record',
      (trust) => {
        trust.evidence = [];
      },
    ],
    [
      'another line for a record',
      (trust) => {
        for (const line of trust.evidence) line.counts = { ...none, passed: 900 };
      },
    ],
  ])('with %s', async (_, change) => {
    await page.collect(NOW);
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    await editFile(join(page.site, 'trust.json'), Trust, change);
    await resign();
    expect(await verdict()).toMatchSnapshot();
  });

  test('that calls a failure unknown, or an accepted risk', async () => {
    await page.collect(NOW, failing(NOW));
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    for (const state of ['unknown', 'accepted-risk'] as const) {
      await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
        const { claim, check } = claimOf(trust);
        claim.state = state;
        check.state = state;
      });
      await resign();
      expect(await verdict()).toContain(`calls app-db/rows#no-cross-tenant-read ${state}, but`);
    }
  });

  test('that calls the old fresh', async () => {
    await page.publish(NOW + 5 * HOUR);
    await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
      const { claim } = claimOf(trust);
      claim.fresh = true;
      trust.coverage = { inPlace: 1, verified: 1, percent: 100 };
    });
    await sign(page.site, page.content, page.keys, NOW + 5 * HOUR);
    expect(await verdict(NOW + 5 * HOUR)).toBe(
      'trust.json: rows-are-scoped is called fresh, but not all that it rests on is.',
    );
  });

  test('that hides a demonstration', async () => {
    await page.collect(NOW, { environment: 'demo' });
    await page.publish(NOW);
    await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
      trust.demo = false;
    });
    await resign();
    expect(await verdict()).toBe('trust.json: it hides that some of its evidence is of a demonstration.');
  });
});
