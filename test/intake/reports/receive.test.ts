import { hash, randomBytes } from 'node:crypto';
import { createChallenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { expect, test } from 'vitest';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { reportOpenedBy } from '../../../intake/reports/access.ts';
import { newChallenge, proofIn, sweepChallenges } from '../../../intake/reports/challenge.ts';
import { addIfChanged, type NewReport, receiveReport } from '../../../intake/reports/receive.ts';
import type { Store } from '../../../intake/store/open.ts';
import { onBothStores } from '../stores.ts';

const head = { company: 'Fern GmbH', url: 'https://trust.fern.swiss' };
const contacts = ['security@fern.swiss'];
const at = new Date('2026-11-20T10:00:00Z');

const report = (changes: Partial<NewReport> = {}): NewReport => ({
  via: 'browser',
  ciphertext: randomBytes(70_000),
  access: randomBytes(32).toString('base64url'),
  replyTo: 'age1pq1reporter',
  keys: hash('sha256', 'keys'),
  critical: false,
  ...changes,
});

let proofs = 0;
/** A proof of work that nobody has used. */
const aProof = () => {
  proofs += 1;
  return { digest: hash('sha256', `proof ${proofs}`), expiresAt: new Date(at.getTime() + 60_000) };
};

onBothStores('a report', (fresh) => {
  const receive = ({ db }: Store, sent: NewReport) => receiveReport(wayIn(db), head, contacts, sent, at);

  test('is there with its ciphertext, its history and a letter without a word of it', async () => {
    const { store } = fresh();
    const { db } = store;
    const sent = report({ critical: true });
    const { number } = await receive(store, sent);
    expect(number).toMatch(/^vulnerability-report-[0-9a-z]{16}$/);
    const taken = await submissionOf(db, number);
    expect(taken).toMatchObject({ kind: 'vulnerability-report', state: 'received', data: {} });
    expect(chainFlaw('vulnerability-report', await historyOf(db, number), taken?.head ?? '')).toBeUndefined();
    const message = await db.selectFrom('reportMessage').selectAll().executeTakeFirstOrThrow();
    expect(Buffer.from(message.ciphertext ?? []).equals(sent.ciphertext)).toBe(true);
    expect(message).toMatchObject({ submission: number, position: 1, author: 'reporter', bytes: 70_000 });
    expect(message.digest).toBe(hash('sha256', sent.ciphertext));
    const kept = await db.selectFrom('report').selectAll().executeTakeFirstOrThrow();
    expect(kept).toMatchObject({ submission: number, critical: true, replyTo: sent.replyTo, assignee: null });
    expect(JSON.stringify(kept)).not.toContain(sent.access);
    const letters = await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').execute();
    expect(letters.map(({ message: { to } }) => to)).toEqual(['security@fern.swiss']);
    expect(JSON.stringify(letters)).toContain(`https://trust.fern.swiss/inbox/reports/${number}/`);
    expect(await reportOpenedBy(db, sent.access)).toBe(number);
    expect(await reportOpenedBy(db, report().access)).toBeUndefined();
  });

  test('sent twice, also at once, is one report with one number', async () => {
    const { store } = fresh();
    const takeIn = wayIn(store.db);
    const sent = report();
    const both = await Promise.all(
      [report(), sent, report(), sent].map((each) => receiveReport(takeIn, head, contacts, each, at)),
    );
    expect(both[1]?.number).toBe(both[3]?.number);
    expect([both[1]?.wasThere, both[3]?.wasThere].sort()).toEqual([false, true]);
    expect(await receive(store, sent)).toEqual({ number: both[1]?.number, wasThere: true });
    const numbers = await store.db.selectFrom('reportMessage').select('submission').execute();
    expect(numbers).toHaveLength(3);
    expect(await store.db.selectFrom('outbox').select('id').where('channel', '=', 'mail').execute()).toHaveLength(3);
  });

  test('sent once more with another text is a message more of the same report', async () => {
    const { store } = fresh();
    const sent = report();
    const { number, wasThere } = await receive(store, sent);
    const other = randomBytes(80_000);
    const again = await receive(store, { ...sent, ciphertext: other });
    expect([wasThere, again]).toEqual([false, { number, wasThere: true }]);
    const add = (ciphertext: Uint8Array) => addIfChanged(store.db, { number, ciphertext, at }, aProof());
    for (const ciphertext of [other, other, sent.ciphertext]) await add(ciphertext);
    const kept = await store.db
      .selectFrom('reportMessage')
      .select(['position', 'digest'])
      .orderBy('position')
      .execute();
    expect(kept).toEqual([
      { position: 1, digest: hash('sha256', sent.ciphertext) },
      { position: 2, digest: hash('sha256', other) },
    ]);
    await forget(store.db, number, at);
    await expect(add(randomBytes(70_000))).rejects.toThrow('no text any more');
  });

  test('uses up its proof of work: another one with it is refused, alone, and the same one sent twice is not', async () => {
    const { store } = fresh();
    const takeIn = wayIn(store.db);
    const proof = aProof();
    const send = (each: NewReport, work = proof) => receiveReport(takeIn, head, contacts, each, at, work);
    const sent = report();
    const first = await send(sent);
    const other = aProof();
    const outcomes = await Promise.allSettled([
      send(report()),
      send(sent),
      send(report(), other),
      send(report(), other),
    ]);
    expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { name: 'ProofUsed' } });
    expect(outcomes[1]).toEqual({ status: 'fulfilled', value: { ...first, wasThere: true } });
    expect(
      outcomes
        .slice(2)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['fulfilled', 'rejected']);
    const changed = { number: first.number, ciphertext: randomBytes(70_000), at };
    await expect(addIfChanged(store.db, changed, proof)).rejects.toThrow('was used before');
    expect(await store.db.selectFrom('reportMessage').select('id').execute()).toHaveLength(2);
    await sweepChallenges(store.db, new Date(proof.expiresAt.getTime() + 3_599_999));
    expect(await store.db.selectFrom('reportChallenge').select('digest').execute()).toHaveLength(2);
    await sweepChallenges(store.db, new Date(proof.expiresAt.getTime() + 3_600_000));
    expect(await store.db.selectFrom('reportChallenge').select('digest').execute()).toHaveLength(0);
  });

  test('a challenge of ours is solved once, in time, as it was given, and proves it on every replica', async () => {
    const { store, again } = fresh();
    const { db } = store;
    let now = Date.now();
    const server = { db, now: () => new Date(now) };
    const challenge = await newChallenge(server);
    const solution = await solveChallenge({ challenge, deriveKey });
    const payload = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
    const right = payload({ challenge, solution });
    const proof = await proofIn(server, right);
    expect(proof?.expiresAt.getTime()).toBeGreaterThan(now);
    const replica = again === undefined ? db : (await again()).db;
    expect(await proofIn({ db: replica, now: server.now }, right)).toEqual(proof);
    const cheaper = { ...challenge, parameters: { ...challenge.parameters, cost: 1 } };
    const later = { ...challenge, parameters: { ...challenge.parameters, expiresAt: now } };
    const foreign = await createChallenge({ ...challenge.parameters, deriveKey, hmacSignatureSecret: 'another' });
    for (const wrong of [
      payload({ challenge, solution: { ...solution, counter: (solution?.counter ?? 0) + 1 } }),
      payload({ challenge: cheaper, solution: await solveChallenge({ challenge: cheaper, deriveKey }) }),
      payload({ challenge: later, solution }),
      payload({ challenge: foreign, solution: await solveChallenge({ challenge: foreign, deriveKey }) }),
      payload({ challenge }),
      'no',
      '',
    ])
      expect(await proofIn(server, wrong)).toBeUndefined();
    now += 1_801_000;
    expect(await proofIn(server, right)).toBeUndefined();
  });

  test('many large ones at once are all there', async () => {
    const { store } = fresh();
    const takeIn = wayIn(store.db);
    const large = Array.from({ length: 3 }, () => report({ ciphertext: randomBytes(5 * 2 ** 20) }));
    await Promise.all(large.map((each) => receiveReport(takeIn, head, contacts, each, at)));
    const kept = await store.db.selectFrom('reportMessage').select('digest').execute();
    expect(kept.map(({ digest }) => digest).sort()).toEqual(
      large.map(({ ciphertext }) => hash('sha256', ciphertext)).sort(),
    );
  });
});
