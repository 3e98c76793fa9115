import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accessLogOf } from '../../../intake/grants/access-log.ts';
import { download } from '../../../intake/grants/download.ts';
import { expireGrants } from '../../../intake/grants/end.ts';
import type { Gated } from '../../../intake/grants/gated.ts';
import { grant, grantByRules, revoke } from '../../../intake/grants/give.ts';
import { grantAt, grantOf, grantsFor } from '../../../intake/grants/grant.ts';
import { agreeToNda, consentDigest } from '../../../intake/grants/nda.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { advance, historyOf, type Submission, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import type { Store } from '../../../intake/store/open.ts';
import type { RequestForm } from '../../../schemas/index.ts';
import { form } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';
import { bytesOf, deskOf, document, gatedFolder, nda, saying, secretOf } from './desk.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (hours: number) => new Date(T0 + hours * 3_600_000);
const DAYS = 24;

let place: Awaited<ReturnType<typeof gatedFolder>>;
let standing: Awaited<ReturnType<typeof saying>>;
let said: { standing: typeof standing; now: Date; gated: Gated };
beforeAll(async () => {
  place = await gatedFolder();
  standing = await saying();
});
afterAll(() => place.remove());
beforeEach(() => {
  said = { standing, now: at(0), gated: place.gated };
});

const wanted = (changes = {}) => form({ needs: ['document'], document: 'paper', signatory: undefined, ...changes });

async function verified(db: Store['db'], filled: RequestForm = wanted(), state = 'verified'): Promise<Submission> {
  const request = await wayIn(db)('dpa-request', filled, { at: at(0), actor: 'visitor' });
  if (state === 'received') return request;
  const confirmed = await advance(db, request, 'verified', { at: at(0), actor: 'visitor' });
  return state === 'verified' ? confirmed : advance(db, confirmed, state, { at: at(0), actor: 'rules' });
}

async function granted(db: Store['db'], filled = wanted()) {
  const desk = deskOf(db, said);
  const { id } = await grant(desk, await verified(db, filled), filled.document ?? '', 'staff-ada');
  return { desk, id, secret: await secretOf(db, id) };
}

const consent = (changes = {}) =>
  new URLSearchParams({ name: 'Ada Example', agrees: 'yes', text: standing.nda.digest, ...changes });
const what = async (db: Store['db'], id: string) =>
  (await accessLogOf(db, id))?.entries.map((entry) =>
    [entry.who, entry.what, entry.download].filter(Boolean).join(' '),
  );

onBothStores('a grant', (fresh) => {
  test('by the rules: the request is answered, a letter brings an address, and the document comes marked', async () => {
    const { db } = fresh().store;
    const desk = deskOf(db, said);
    const request = await verified(db);
    expect(await grantByRules(desk, request, wanted())).toMatchObject({ id: request.id, state: 'answered' });
    const [{ submission, terms } = { submission: { id: '' }, terms: undefined }] = await grantsFor(db, request.id);
    expect(terms).toEqual({
      request: request.id,
      document: 'paper',
      version: '2026.2',
      access: 'on-request',
      validUntil: '2026-12-03T09:00:00.000Z',
      downloads: 3,
    });
    const got = await download(desk, await secretOf(db, submission.id));
    if ('hurdle' in got) throw new Error(got.hurdle);
    expect(got.name).toBe('paper-2026.2.pdf');
    const bytes = await bytesOf(got.copy.stream);
    expect(bytes.length).toBe(got.copy.size);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await what(db, submission.id)).toEqual(['us granted', 'recipient asked 1', 'recipient sent 1']);
    expect((await accessLogOf(db, submission.id))?.flaw).toBeUndefined();
  });

  test('the rules leave to a person whatever is not one gated document asked for from a company’s own address', async () => {
    const { db } = fresh().store;
    const cases: [changes: object, policy?: object][] = [
      [{ needs: ['document', 'question'], message: 'Why?' }],
      [{ message: 'Please.' }],
      [{ email: 'ada@gmail.com' }],
      [{ email: 'ada@fern.swiss' }],
      [{}, { approval: 'by-hand' }],
      [{}, { hold: { jurisdictions: ['CH'] } }],
      [{ document: 'report' }],
      [{ document: 'open' }],
      [{ document: 'nothing' }],
    ];
    for (const [changes, policy] of cases) {
      const request = await verified(db, wanted(changes));
      const answered = await grantByRules(deskOf(db, said, { ...policy }), request, wanted(changes));
      expect([changes, policy, answered]).toEqual([changes, policy, undefined]);
      expect(await submissionOf(db, request.id)).toMatchObject({ state: 'verified' });
    }
  });

  test('by staff: of many at the same time one is made; a later one is another', async () => {
    const { db } = fresh().store;
    const desk = deskOf(db, said);
    const request = await verified(db, wanted(), 'held');
    const many = await Promise.all(Array.from({ length: 5 }, () => grant(desk, request, 'paper', 'staff-ada')));
    said.now = at(1);
    expect(new Set(many.map(({ id }) => id)).size).toBe(1);
    const answered = await submissionOf(db, request.id);
    expect(answered?.state).toBe('answered');
    expect(chainFlaw('dpa-request', await historyOf(db, request.id), answered?.head ?? '')).toBeUndefined();
    if (answered === undefined) throw new Error('it is there');
    await grant(desk, answered, 'runbook', 'staff-ada');
    expect((await grantsFor(db, request.id)).map(({ terms }) => terms.document)).toEqual(['paper', 'runbook']);
    expect(await db.selectFrom('outbox').select('id').execute()).toHaveLength(2);
  });

  test('beside an agreement leaves the request waiting for that', async () => {
    const { db } = fresh().store;
    const request = await verified(db, wanted({ needs: ['dpa', 'document'] }), 'held');
    await grant(deskOf(db, said), request, 'paper', 'staff-ada');
    expect(await submissionOf(db, request.id)).toMatchObject({ state: 'held', length: 4 });
  });

  test('is refused for what nobody may have, and to whom nobody may answer', async () => {
    const { db } = fresh().store;
    const cases = [
      ['received', 'paper', 'the request is received'],
      ['declined', 'paper', 'the request is declined'],
      ['held', 'open', 'open is public'],
      ['held', 'report', 'report has no file'],
      ['held', 'nothing', 'there is no document nothing'],
    ] as const;
    for (const [state, id, problem] of cases)
      await expect(grant(deskOf(db, said), await verified(db, wanted(), state), id, 'staff-ada')).rejects.toMatchObject(
        {
          name: 'GrantRefused',
          message: `this is not granted: ${problem}.`,
        },
      );
    const desk = { ...deskOf(db, said), current: async () => ({ ...standing, nda: undefined }) };
    await expect(grant(desk, await verified(db), 'runbook', 'staff-ada')).rejects.toMatchObject({
      name: 'GrantRefused',
    });
  });

  test('twenty downloads at the same moment are three, and no more later', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db);
    let copies = 0;
    const counted = {
      ...desk,
      gated: {
        copyFor: async () => {
          copies += 1;
          return { digest: 'a'.repeat(64), size: 1, stream: new Blob(['x']).stream() };
        },
      },
    };
    const many = await Promise.all(Array.from({ length: 20 }, () => download(counted, secret)));
    expect(many.filter((each) => 'copy' in each)).toHaveLength(3);
    expect(many.filter((each) => 'hurdle' in each && each.hurdle === 'spent')).toHaveLength(17);
    expect(copies).toBe(3);
    expect(await download(counted, secret)).toEqual({ hurdle: 'spent' });
    expect((await grantOf(db, id))?.used).toBe(3);
    expect((await accessLogOf(db, id))?.flaw).toBeUndefined();
  });

  test('revoked: a download gets nothing, neither does one whose copy is being made; what is under way arrives', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db);
    const under = await download(desk, secret);
    if ('hurdle' in under) throw new Error(under.hurdle);
    const revoking: Gated = {
      copyFor: async (...all) => {
        const copy = await place.gated.copyFor(...all);
        await revoke(desk, id, 'staff-ada');
        return copy;
      },
    };
    expect(await download({ ...desk, gated: revoking }, secret)).toEqual({ hurdle: 'revoked' });
    expect(await download(desk, secret)).toEqual({ hurdle: 'revoked' });
    expect((await bytesOf(under.copy.stream)).length).toBe(under.copy.size);
    await revoke(desk, id, 'staff-ada');
    expect(await what(db, id)).toEqual([
      'us granted',
      'recipient asked 1',
      'recipient sent 1',
      'recipient asked 2',
      'us revoked',
    ]);
    await expect(revoke(desk, 'grant-nothing', 'staff-ada')).rejects.toMatchObject({ name: 'GrantRefused' });
  });

  test('revoked while many download: the history holds, and none begins after it', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db);
    const [, ...many] = await Promise.all([
      revoke(desk, id, 'staff-ada'),
      ...Array.from({ length: 6 }, () => download(desk, secret)),
    ]);
    for (const each of many) if ('copy' in each) await each.copy.stream.cancel();
    expect((await what(db, id))?.at(-1)).toBe('us revoked');
    expect((await accessLogOf(db, id))?.flaw).toBeUndefined();
  });

  test('a copy that cannot be made is not counted', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db);
    const broken = { copyFor: () => Promise.reject(new Error('ENOSPC')) };
    for (let tries = 0; tries < 4; tries += 1)
      await expect(download({ ...desk, gated: broken }, secret)).rejects.toThrow('ENOSPC');
    expect((await grantOf(db, id))?.used).toBe(0);
    expect(await what(db, id)).toContain('recipient failed 4');
  });

  test('ends at its date, and is for the version that was granted', async () => {
    const { db } = fresh().store;
    const { desk, secret } = await granted(db);
    said.standing = {
      ...standing,
      content: { ...standing.content, documents: [document('paper', { version: '2027.1' })] },
    };
    expect(await download(desk, secret)).toEqual({ hurdle: 'changed' });
    said.standing = standing;
    said.now = at(30 * DAYS);
    expect(await download(desk, secret)).toEqual({ hurdle: 'expired' });
    said.now = at(121 * DAYS);
    await expect(download(desk, secret)).rejects.toMatchObject({ name: 'Refusal', refused: 'unknown' });
  });

  test('a document that becomes another version, or runs out, while its copy is made: nothing leaves, and it is not counted', async () => {
    const { db } = fresh().store;
    const { id, secret } = await granted(db);
    const cancelled: string[] = [];
    for (const [hurdle, happens] of [
      [
        'changed',
        () => ({
          standing: {
            ...standing,
            content: { ...standing.content, documents: [document('paper', { version: '2027.1' })] },
          },
        }),
      ],
      ['expired', () => ({ now: at(31 * DAYS) })],
    ] as const) {
      const now = { ...said };
      const gated: Gated = {
        copyFor: async (...all) => {
          const copy = await place.gated.copyFor(...all);
          Object.assign(now, happens());
          const cancel = () => copy.stream.cancel().then(() => void cancelled.push(hurdle));
          return { ...copy, stream: new ReadableStream({ cancel }) };
        },
      };
      const desk = { ...deskOf(db, now), now: () => now.now, current: async () => now.standing, gated };
      expect(await download(desk, secret)).toEqual({ hurdle });
    }
    expect(cancelled).toEqual(['changed', 'expired']);
    expect((await grantOf(db, id))?.used).toBe(0);
  });

  test('other secrets open nothing', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db);
    for (const other of [`${secret.slice(1)}x`, 'x'.repeat(43), id, '']) {
      const unknown = { name: 'Refusal', refused: 'unknown' };
      await expect(grantAt(desk, other)).rejects.toMatchObject(unknown);
      await expect(download(desk, other)).rejects.toMatchObject(unknown);
      await expect(agreeToNda(desk, other, consent())).rejects.toMatchObject(unknown);
    }
    expect(await what(db, id)).toEqual(['us granted']);
  });

  test('under NDA: nothing before the click; then its version, digest and person are kept, and the text for ever', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db, wanted({ document: 'runbook' }));
    expect(await download(desk, secret)).toEqual({ hurdle: 'nda' });
    expect(await agreeToNda(desk, secret, consent({ name: ' ', agrees: '' }))).toEqual({
      problems: { name: 'is needed', agrees: 'must be ticked' },
    });
    said.now = at(1);
    expect(await agreeToNda(desk, secret, consent())).toEqual({ outcome: 'agreed' });
    const agreed = await grantOf(db, id);
    if (agreed?.recipient === undefined) throw new Error('it is there');
    expect(agreed.recipient.name).toBe('Ada Example');
    expect(agreed.nda).toEqual({
      document: 'secrecy',
      version: '1.0',
      digest: standing.nda.digest,
      by: consentDigest(agreed.recipient),
      at: at(1),
    });
    expect(consentDigest({ ...agreed.recipient, name: 'Eve Example' })).not.toBe(agreed.nda?.by);
    // The text changes afterwards: what was agreed to stays.
    said.standing = { ...standing, nda: nda('Something else.', '2.0') };
    expect(await agreeToNda(desk, secret, consent())).toEqual({ outcome: 'agreed' });
    expect(await db.selectFrom('ndaText').selectAll().execute()).toEqual([
      { digest: standing.nda.digest, document: 'secrecy', version: '1.0', text: standing.nda.text },
    ]);
    await expect(db.updateTable('ndaText').set({ text: 'x' }).execute()).rejects.toThrow('stays as it was');
    await expect(db.deleteFrom('ndaText').execute()).rejects.toThrow('stays as it was');
    const got = await download(desk, secret);
    expect('copy' in got && (await bytesOf(got.copy.stream)).length).toBeGreaterThan(0);
    const letters = await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').execute();
    expect(String(letters.at(-1)?.message.text)).toContain('You keep it secret.');
    expect((await accessLogOf(db, id))?.flaw).toBeUndefined();
  });

  test('a text that changed since it was shown is not agreed to', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db, wanted({ document: 'runbook' }));
    said.standing = { ...standing, nda: nda('You pay a fine.', '2.0') };
    expect(await agreeToNda(desk, secret, consent())).toEqual({ outcome: 'changed' });
    expect(await what(db, id)).toEqual(['us granted']);
    await revoke(desk, id, 'staff-ada');
    expect(await agreeToNda(desk, secret, consent({ text: said.standing.nda.digest }))).toEqual({ outcome: 'over' });
  });

  test('many clicks are one consent, with one name', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db, wanted({ document: 'runbook' }));
    const names = ['Ada', 'Eve', 'Bob', 'Ann'];
    const many = await Promise.all(names.map((name) => agreeToNda(desk, secret, consent({ name }))));
    expect(new Set(many.map((each) => JSON.stringify(each)))).toEqual(new Set(['{"outcome":"agreed"}']));
    const agreed = await grantOf(db, id);
    expect(agreed?.history).toHaveLength(2);
    expect(agreed?.recipient && consentDigest(agreed.recipient)).toBe(agreed?.nda?.by);
  });

  test('nothing personal, and no secret, lies in history, events or secrets; the log keeps no name once it is forgotten', async () => {
    const { db } = fresh().store;
    const { desk, id, secret } = await granted(db, wanted({ document: 'runbook' }));
    await agreeToNda(desk, secret, consent());
    const { terms } = await grantAt(desk, secret);
    await revoke(desk, id, 'staff-ada');
    for (const each of [id, terms.request]) await forget(db, each, at(2));
    const rest = JSON.stringify([
      await db.selectFrom('transition').selectAll().execute(),
      await db.selectFrom('secret').selectAll().execute(),
      await db.selectFrom('outbox').selectAll().execute(),
      await submissionOf(db, id),
    ]);
    expect(rest).toContain('grant.agreed');
    for (const word of ['ada@', 'Ada', 'Quill', secret]) expect(rest).not.toContain(word);
    await expect(download(desk, secret)).rejects.toMatchObject({ refused: 'unknown' });
    expect(await what(db, id)).toEqual(['us granted', 'recipient agreed', 'us revoked']);
    expect((await accessLogOf(db, id))?.flaw).toBeUndefined();
  });

  test('expires by the clock, once, and loses its data after the window of what ended', async () => {
    const { db } = fresh().store;
    const { desk, id } = await granted(db);
    const before = (moment: Date) => new Date(moment.getTime() - 1);
    expect(await expireGrants(db, before(at(30 * DAYS)))).toBe(0);
    expect(await expireGrants(db, at(30 * DAYS))).toBe(1);
    expect(await expireGrants(db, at(30 * DAYS))).toBe(0);
    expect((await grantOf(db, id))?.submission.state).toBe('expired');
    const over = at((30 + 1095) * DAYS);
    // The request that it answered is forgotten sooner.
    expect(await expire(db, desk.policy, before(over))).toEqual({ expired: 0, emptied: 1 });
    expect((await grantOf(db, id))?.recipient).toMatchObject({ company: 'Quill Ltd.' });
    expect(await expire(db, desk.policy, over)).toEqual({ expired: 0, emptied: 1 });
    expect((await grantOf(db, id))?.recipient).toBeUndefined();
    expect(await what(db, id)).toEqual(['us granted', 'clock expired']);
  });
});
