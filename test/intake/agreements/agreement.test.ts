import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PDF } from '@libpdf/core';
import { sql } from 'kysely';
import { simpleParser } from 'mailparser';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accept, acceptanceWords } from '../../../intake/agreements/accept.ts';
import { agreementOf, sealedPdf } from '../../../intake/agreements/agreement.ts';
import { agreementFiles } from '../../../intake/agreements/attachment.ts';
import { changesSince } from '../../../intake/agreements/draft.ts';
import { supersede, terminate } from '../../../intake/agreements/ends.ts';
import { expireOffers } from '../../../intake/agreements/expire-offers.ts';
import { offer } from '../../../intake/agreements/offer.ts';
import { SEALING_MS, sealAccepted } from '../../../intake/agreements/sealing.ts';
import type { Standing } from '../../../intake/desk.ts';
import { sealOf } from '../../../intake/document/seal.ts';
import type { SealKey } from '../../../intake/document/seal-key.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { advance, historyOf, type Submission, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { drain } from '../../../intake/outbox/drain.ts';
import { decide, decideConfirmed } from '../../../intake/requests/decide.ts';
import { requestAt } from '../../../intake/requests/status.ts';
import { replaceAgreement } from '../../../intake/staff/agreements.ts';
import { canonicalJson, digestOf, sha256 } from '../../../posture/digest.ts';
import { template } from '../document/agreement.ts';
import { openMailbox } from '../mail/servers.ts';
import { form, policy } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';
import { deskOf, failing, newSealKey, shortTemplate, standing } from './desks.ts';

const T0 = Date.parse('2026-11-22T17:00:00Z');
const DAY = 86_400_000;
const at = (days: number) => new Date(T0 + days * DAY);
let sealKey: SealKey;
let whole: Standing;
beforeAll(async () => {
  [sealKey, whole] = await Promise.all([newSealKey(), standing()]);
});

onBothStores('an agreement', (fresh) => {
  type Said = Parameters<typeof deskOf>[1];
  let said: Said;
  let desk: ReturnType<typeof deskOf>;
  beforeEach(() => {
    said = { standing: whole, sealKey, now: at(0) };
    desk = deskOf(fresh().store.db, said);
  });

  /** A request with a confirmed address. */
  async function verified(changes: Record<string, unknown> = {}): Promise<Submission> {
    const received = await desk.takeIn('dpa-request', form(changes), { at: said.now, actor: 'visitor' });
    return advance(desk.db, received, 'verified', { at: said.now, actor: 'visitor' });
  }
  const decided = async (changes: Record<string, unknown> = {}) => decide(desk, await verified(changes));
  async function typed(request: Submission, changes = {}) {
    const made = await agreementOf(desk.db, request.id);
    const name = 'Ada Example';
    return {
      offer: made?.digest ?? '',
      name,
      role: 'Managing director',
      authority: 'yes',
      consent: 'yes',
      ...changes,
    } as const;
  }
  async function accepted(changes: Record<string, unknown> = {}): Promise<Submission> {
    const request = await decided(changes);
    const came = await accept(desk, request, await typed(request));
    if (came.outcome !== 'accepted') throw new Error(came.outcome);
    return came.request;
  }
  async function sealed(changes: Record<string, unknown> = {}): Promise<Submission> {
    const { id } = await accepted(changes);
    await sealAccepted(desk);
    return stands(id);
  }
  async function stands(id: string): Promise<Submission> {
    const found = await submissionOf(desk.db, id);
    if (found === undefined) throw new Error('It is there.');
    return found;
  }
  const lastFacts = async (id: string) => (await historyOf(desk.db, id)).at(-1)?.facts;
  const letters = async () =>
    (await desk.db.selectFrom('outbox').select('message').where('channel', '=', 'mail').orderBy('dueAt').execute()).map(
      ({ message }) => message,
    );

  describe('is offered', () => {
    test('to the byte: text, annexes and head are kept, and the history holds their digests', async () => {
      const request = await decided();
      const row = await desk.db.selectFrom('agreement').selectAll().executeTakeFirstOrThrow();
      const made = await agreementOf(desk.db, request.id);
      if (made === undefined) throw new Error('There is an offer.');
      expect(made.offer).toMatchObject({
        request: request.id,
        number: 1,
        validUntil: at(30).toISOString(),
        template: shortTemplate.digest,
        annexes: sha256(row.annexes ?? ''),
      });
      expect(made.template).toEqual({ ...shortTemplate, id: 'our-agreement' });
      expect(await lastFacts(request.id)).toMatchObject({ offer: sha256(row.offer ?? ''), number: 1 });
      expect(made.annexes.parties.customer?.name).toBe('Quill Ltd.');
    });

    test('not by itself while a measure does not hold; staff may, and its history and annex say so', async () => {
      said.standing = failing(whole, 'rows-are-scoped');
      const held = await decided();
      expect(held.state).toBe('held');
      expect(await lastFacts(held.id)).toEqual({ reasons: ['measures'], failing: ['rows-are-scoped'] });
      const offered = await offer(desk, held, 'web:ben');
      expect((await historyOf(desk.db, offered.id)).at(-1)).toMatchObject({
        actor: 'web:ben',
        facts: { failing: ['rows-are-scoped'] },
      });
      const made = await agreementOf(desk.db, offered.id);
      expect(made?.annexes.measures.map(({ state }) => state)).toContain('failing');
    });

    test.each<[string, (said: Said) => void, string, string]>([
      [
        'without a template',
        (it) => (it.standing = { ...it.standing, template: undefined }),
        'no-template',
        'content has no template of an agreement',
      ],
      [
        'without a seal',
        (it) => (it.sealKey = undefined),
        'no-seal',
        'this server has no key to seal it with, or its certificate has ended',
      ],
      [
        'with a seal whose certificate has ended',
        (it) => (it.now = new Date('2036-01-02T00:00:00Z')),
        'no-seal',
        'this server has no key to seal it with, or its certificate has ended',
      ],
      [
        'from evidence of a demonstration',
        (it) => (it.standing = { ...it.standing, trust: { ...it.standing.trust, demo: true } }),
        'demonstration',
        'its measures rest on evidence of a demonstration',
      ],
    ])('never %s, by nobody', async (_, change, reason, problem) => {
      change(said);
      const held = await decided();
      expect(await lastFacts(held.id)).toEqual({ reasons: [reason], failing: [] });
      await expect(offer(desk, held, 'web:ben')).rejects.toMatchObject({
        name: 'OfferRefused',
        what: `\`${held.id}\` cannot be offered an agreement: ${problem}.`,
      });
    });

    test('after its decision was cut off, whatever cannot be decided before it', async () => {
      const broken = await verified();
      await sql`update submission set data = '{}'::jsonb where id = ${broken.id}`.execute(desk.db);
      said.now = at(1 / 24);
      const { id } = await verified();
      await expect(decideConfirmed(desk)).rejects.toThrow();
      expect((await stands(id)).state).toBe('offered');
      expect((await stands(broken.id)).state).toBe('verified');
    });

    test('by a demonstration as one: its annexes say so', async () => {
      desk = deskOf(desk.db, { ...said, standing: { ...whole, trust: { ...whole.trust, demo: true } }, demo: true });
      const request = await decided();
      expect((await agreementOf(desk.db, request.id))?.annexes.demo).toBe(true);
    });

    test('not to who asks for something else, or with a name that cannot be shown', async () => {
      const question = await decided({ needs: ['question'], message: 'Where?' });
      expect(await lastFacts(question.id)).toEqual({ reasons: ['needs-a-person'], failing: [] });
      await expect(offer(desk, question, 'web:ben')).rejects.toThrow('it does not ask for one');
      expect((await advance(desk.db, question, 'answered', { at: at(1), actor: 'web:ben' })).state).toBe('answered');
      const unprintable = await decided({ company: '株式会社' });
      expect(await lastFacts(unprintable.id)).toEqual({ reasons: ['unprintable'], failing: [] });
    });

    test('once, by however many at the same time', async () => {
      const request = await verified();
      const states = await Promise.all(Array.from({ length: 4 }, () => decide(desk, request)));
      expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['offered']));
      expect(await desk.db.selectFrom('agreement').select('number').execute()).toEqual([{ number: 1 }]);
      expect(await letters()).toHaveLength(1);
    });
  });

  describe('is accepted', () => {
    test('in the words that were shown, and the history holds digests alone', async () => {
      const request = await accepted();
      const { acceptance, digest } = (await agreementOf(desk.db, request.id)) ?? {};
      expect(acceptance).toMatchObject({
        offer: digest,
        name: 'Ada Example',
        role: 'Managing director',
        ...acceptanceWords('Quill Ltd.', 'Larkspur Desk, Inc.'),
        acceptedAt: at(0).toISOString(),
      });
      expect(await lastFacts(request.id)).toEqual({ offer: digest, acceptance: digestOf(acceptance) });
      const history = await historyOf(desk.db, request.id);
      expect(chainFlaw('dpa-request', history, request.head)).toBeUndefined();
      for (const word of ['Ada', 'Quill', 'ada@', acceptance?.salt ?? '?'])
        expect(JSON.stringify(history)).not.toContain(word);
    });

    test('twice without an error, and sealed once; by somebody else no more', async () => {
      const request = await decided();
      const same = await typed(request);
      const outcomes = await Promise.all([accept(desk, request, same), accept(desk, request, same)]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
      const now = await stands(request.id);
      expect(await accept(desk, now, same)).toMatchObject({ outcome: 'accepted' });
      expect(await accept(desk, now, { ...same, name: 'Eve Example' })).toEqual({ outcome: 'closed' });
      expect(await accept(desk, request, { ...same, name: 'Eve Example' })).toEqual({ outcome: 'closed' });
      expect(await sealAccepted(desk)).toBe(1);
      expect(await sealAccepted(desk)).toBe(0);
      expect(await accept(desk, await stands(request.id), same)).toMatchObject({ outcome: 'accepted' });
      expect((await historyOf(desk.db, request.id)).map(({ to }) => to)).toEqual([
        ...['received', 'verified', 'offered', 'accepted', 'sealed'],
      ]);
    });

    test('no more when the text changed: the next offer is made at once, and only that one can be accepted', async () => {
      const request = await decided();
      const first = await typed(request);
      const changed = template('# Between\n\nOther words.\n', {
        version: '1.1',
        agreement: shortTemplate.data.agreement,
      });
      said.standing = { ...whole, template: changed };
      const came = await accept(desk, request, first);
      expect(came).toMatchObject({
        outcome: 'changed',
        request: { state: 'offered' },
        changes: [{ annex: 'template', fields: ['digest', 'version'] }],
      });
      const renewed = await stands(request.id);
      expect((await agreementOf(desk.db, request.id))?.offer.number).toBe(2);
      expect(await accept(desk, renewed, first)).toMatchObject({
        outcome: 'changed',
        changes: [{ annex: 'template' }],
      });
      expect((await agreementOf(desk.db, request.id))?.offer.number).toBe(2);
      expect(await accept(desk, renewed, await typed(renewed))).toMatchObject({ outcome: 'accepted' });
      expect(await letters()).toHaveLength(1);
    });

    test('no more when a measure or a subprocessor changed; one that was only seen again changes nothing', async () => {
      const request = await decided();
      const seenAgain = whole.trust.claims.map((claim) => ({
        ...claim,
        checks: claim.checks.map((check) => ({ ...check, observedAt: '2026-11-22T16:59:00.000Z' })),
      }));
      const vendor = whole.content.subprocessors.at(-1);
      said.standing = failing(whole, 'backups-every-day');
      expect(await accept(desk, request, await typed(request))).toMatchObject({
        outcome: 'changed',
        request: { state: 'held' },
        changes: [{ annex: 'measures', id: 'backups-every-day', change: 'changed' }],
      });
      said.standing = whole;
      const second = await decided();
      const subprocessors = whole.content.subprocessors.filter((each) => each !== vendor);
      said.standing = { ...whole, content: { ...whole.content, subprocessors } };
      expect(await accept(desk, second, await typed(second))).toMatchObject({
        outcome: 'changed',
        request: { state: 'offered' },
        changes: [{ annex: 'subprocessors', id: vendor?.id, change: 'removed' }],
      });
      said.standing = whole;
      const third = await decided();
      said.standing = { ...whole, trust: { ...whole.trust, claims: seenAgain } };
      expect(await accept(desk, third, await typed(third))).toMatchObject({ outcome: 'accepted' });
    });

    test('not with a digest that was never offered, not too late, and not with a name that cannot be shown', async () => {
      const request = await decided();
      const other = await decided();
      expect(await accept(desk, request, await typed(other))).toMatchObject({ outcome: 'changed', changes: [] });
      expect(await accept(desk, request, await typed(request, { name: '山田', role: '社長' }))).toEqual({
        outcome: 'unprintable',
        fields: ['name', 'role'],
      });
      said.now = at(30);
      expect(await accept(desk, request, await typed(request))).toEqual({ outcome: 'expired' });
      expect(await expireOffers(desk.db, new Date(at(30).getTime() - 1))).toBe(0);
      expect(await expireOffers(desk.db, at(30))).toBe(2);
      expect(await accept(desk, await stands(request.id), await typed(request))).toEqual({ outcome: 'expired' });
    });

    test('not when somebody changed a kept text in the database', async () => {
      const request = await decided();
      const form = await typed(request);
      await sql`update agreement set annexes = replace(annexes, 'Quill', 'Quilt')`.execute(desk.db);
      await expect(accept(desk, request, form)).rejects.toThrow('is not the one that was made');
    });
  });

  describe('is sealed', () => {
    test('so that what was offered, and who accepted it, lies in it to the byte', async () => {
      const request = await accepted();
      const made = await agreementOf(desk.db, request.id);
      said.now = at(1);
      expect(await sealAccepted(desk)).toBe(1);
      const pdf = await sealedPdf(desk.db, request.id);
      if (pdf === undefined || made === undefined) throw new Error('It is sealed.');
      const facts = { pdf: hash('sha256', pdf), certificate: sha256Hex(sealKey) };
      expect(await lastFacts(request.id)).toEqual(facts);
      expect((await agreementOf(desk.db, request.id))?.pdfDigest).toBe(facts.pdf);
      const opened = await PDF.load(pdf);
      const files = { 'offer.json': made.offer, 'acceptance.json': made.acceptance, 'annexes.json': made.annexes };
      for (const [name, value] of Object.entries(files))
        expect(Buffer.from(opened.getAttachment(name) ?? []).toString()).toBe(canonicalJson(value));
      expect(sealOf(pdf)).not.toBeNull();
      const events = await desk.db.selectFrom('outbox').select('message').where('channel', '=', 'webhook').execute();
      expect(events.map(({ message }) => message)).toEqual([
        { type: 'agreement.sealed', timestamp: at(1).toISOString(), data: { id: request.id, ...facts } },
      ]);
    });

    test('once by three at the same time; after one that died, by the next one when its time is over', async () => {
      const { store, again } = fresh();
      const others = again === undefined ? [store, store] : [store, await again(), await again()];
      const ids = [await accepted(), await accepted({ email: 'ben@quill.swiss' })].map(({ id }) => id);
      const counts = await Promise.all(others.map(({ db }) => sealAccepted(deskOf(db, said))));
      expect(counts.reduce((sum, count) => sum + count)).toBe(2);
      for (const id of ids) expect((await historyOf(store.db, id)).filter(({ to }) => to === 'sealed')).toHaveLength(1);
      // Two copies each, and the letter with the offer.
      expect(await letters()).toHaveLength(6);

      const { id } = await accepted();
      await sql`update agreement set seal_due_at = ${new Date(T0 + SEALING_MS)} where submission = ${id}`.execute(
        store.db,
      );
      expect(await sealAccepted(desk)).toBe(0);
      said.now = new Date(T0 + SEALING_MS);
      expect(await sealAccepted(desk)).toBe(1);
    });

    test('by nobody without a key, and later by whoever has one', async () => {
      const request = await accepted();
      said.sealKey = undefined;
      expect(await sealAccepted(desk)).toBe(0);
      expect((await stands(request.id)).state).toBe('accepted');
      said.sealKey = sealKey;
      expect(await sealAccepted(desk)).toBe(1);
    });

    test('and sent to both parties: the file arrives to the byte, and openssl accepts it', async () => {
      const mailbox = await openMailbox();
      const request = await sealed();
      const from = { sender: 'trust@larkspur.swiss', host: 'trust.larkspur.swiss' };
      const kept = JSON.stringify(await letters());
      expect(kept).toContain(`"attach":{"agreement":"${request.id}"}`);
      const lane = smtpLane(mailbox.url, from, {}, agreementFiles(desk.db));
      await drain(desk.db, lane, () => said.now);
      await mailbox.close();
      const pdf = await sealedPdf(desk.db, request.id);
      const copies = mailbox.arrived.filter(({ raw }) => raw.includes('application/pdf'));
      expect(copies.map(({ to }) => to).sort()).toEqual([['ada@quill.swiss'], ['trust@larkspur.swiss']]);
      for (const { raw } of copies) {
        const { attachments } = await simpleParser(Buffer.from(raw, 'latin1'));
        expect(attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
          [`${request.id}.pdf`, 'application/pdf'],
        ]);
        expect(attachments[0]?.content.equals(pdf ?? Buffer.alloc(0))).toBe(true);
      }
      expect(await verdict(pdf ?? Buffer.alloc(0))).toBe('CMS Verification successful');
    });

    test('and its page opens for as long as it is kept, years later too', async () => {
      const { id } = await sealed();
      const { text } =
        (await letters()).find(({ to, attach }) => to === 'ada@quill.swiss' && attach !== undefined) ?? {};
      const secret = /requests\/([\w-]{43})\//.exec(String(text))?.[1] ?? '';
      said.now = at(5 * 366);
      await expire(desk.db, desk.policy, said.now);
      expect((await requestAt(desk, secret)).request).toMatchObject({ id, state: 'sealed' });
      await terminate(desk, await stands(id), 'visitor');
      said.now = at(9 * 366);
      await expire(desk.db, desk.policy, said.now);
      await expect(requestAt(desk, secret)).rejects.toMatchObject({ refused: 'unknown' });
    });

    test('but not sent once it was deleted', async () => {
      const mailbox = await openMailbox();
      const request = await sealed();
      await sql`update agreement set pdf = null`.execute(desk.db);
      const lane = smtpLane(mailbox.url, { sender: 'a@b.swiss', host: 'b.swiss' }, {}, agreementFiles(desk.db));
      await drain(desk.db, lane, () => said.now);
      await mailbox.close();
      expect(mailbox.arrived.map(({ to }) => to)).toEqual([['ada@quill.swiss']]);
      const { count } = await desk.db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('failure', '=', 'withdrawn')
        .where('submission', '=', request.id)
        .executeTakeFirstOrThrow();
      expect(Number(count)).toBe(2);
    });
  });

  describe('ends', () => {
    test('by a newer one of the same person; that of a colleague stays until staff says so', async () => {
      said.policy = policy({ hold: { otherDomain: false } });
      desk = deskOf(desk.db, said);
      const first = await sealed();
      said.now = at(1 / 24);
      const colleague = await sealed({ email: 'ben@quill.swiss' });
      said.now = at(2 / 24);
      const elsewhere = await sealed({ website: 'https://quill-press.swiss' });
      // Whoever signs for a group signs for one company after another.
      const sister = await sealed({ company: 'Quill Press Ltd.' });
      const abroad = await sealed({ jurisdiction: 'FR' });
      said.now = at(3 / 24);
      const before = (await letters()).length;
      const second = await sealed({ email: 'ADA@quill.swiss', company: 'Quill  LTD.' });
      expect((await stands(first.id)).state).toBe('superseded');
      for (const { id } of [sister, abroad]) expect((await stands(id)).state).toBe('sealed');
      const told = (await letters()).slice(before).filter(({ subject }) => String(subject).includes(first.id));
      expect(told.map(({ to }) => to).sort()).toEqual(['ada@quill.swiss', 'trust@larkspur.swiss']);
      expect(told[0]?.text).toContain(second.id);
      expect(await lastFacts(first.id)).toEqual({ by: second.id });
      for (const { id } of [colleague, elsewhere]) expect((await stands(id)).state).toBe('sealed');
      await expect(supersede(desk, second, colleague, 'web:ben')).rejects.toMatchObject({
        name: 'SupersedeRefused',
        what: `\`${second.id}\` cannot be superseded by \`${colleague.id}\`.`,
      });
      for (const email of ['ada@quill.swiss', 'Ben+1@quill.swiss'])
        await expect(
          replaceAgreement(desk, { id: 'rita', role: 'responder', email, via: 'web' }, colleague.id, second.id),
        ).rejects.toMatchObject({ name: 'StaffOwnRequest' });
      expect((await supersede(desk, colleague, second, 'web:ben')).state).toBe('superseded');
      expect((await letters()).filter(({ subject }) => String(subject).includes(colleague.id))).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ to: 'ben@quill.swiss' })]),
      );
    });

    test('by the customer, once, and both parties hear of it', async () => {
      const request = await sealed();
      const before = (await letters()).length;
      const ends = await Promise.all([terminate(desk, request, 'visitor'), terminate(desk, request, 'visitor')]);
      expect(ends.map(({ state }) => state)).toEqual(['terminated', 'terminated']);
      const told = (await letters()).slice(before);
      expect(told.map(({ to }) => to).sort()).toEqual(['ada@quill.swiss', 'trust@larkspur.swiss']);
      expect(told[0]?.text).toContain('was ended by the customer');
      await expect(terminate(desk, await decided(), 'visitor')).rejects.toMatchObject({ name: 'TransitionRefused' });
    });

    test('and what changed since it was signed is told, without what was seen again', async () => {
      const request = await sealed();
      const { annexes } = (await agreementOf(desk.db, request.id)) ?? {};
      if (annexes === undefined) throw new Error('There are annexes.');
      expect(await changesSince(desk, request, annexes)).toEqual([]);
      said.standing = failing(whole, 'rows-are-scoped');
      expect(await changesSince(desk, request, annexes)).toMatchObject([
        { annex: 'measures', id: 'rows-are-scoped', fields: ['reason', 'state'] },
      ]);
      said.standing = { ...whole, template: undefined };
      expect(await changesSince(desk, request, annexes)).toBeUndefined();
    });
  });

  test('whoever is forgotten is in no table any more, even when somebody moves the request on meanwhile', async () => {
    const request = await sealed({ companyAddress: 'Bahnhofstrasse 1' });
    await forget(desk.db, request.id, at(1));
    await terminate(desk, request, 'web:ben').catch(() => undefined);
    expect(await stands(request.id)).toMatchObject({ state: 'terminated', data: null });
    expect(await agreementOf(desk.db, request.id)).toBeUndefined();
    expect(await sealedPdf(desk.db, request.id)).toBeUndefined();
    const [row] = await desk.db.selectFrom('agreement').selectAll().execute();
    const history = await historyOf(desk.db, request.id);
    const secrets = await desk.db.selectFrom('secret').selectAll().execute();
    expect(secrets).toEqual([]);
    for (const word of ['Ada', 'Quill', 'Bahnhof']) expect(JSON.stringify([row, history])).not.toContain(word);
    expect(chainFlaw('dpa-request', history, (await stands(request.id)).head)).toBeUndefined();
    await forget(desk.db, request.id, at(1));
  });

  /** What openssl says of a sealed file, with only the company's certificate trusted. */
  async function verdict(pdf: Buffer): Promise<string> {
    const seal = sealOf(pdf);
    if (seal === null) return 'no seal';
    const folder = await mkdtemp(join(tmpdir(), 'candor-agreement-'));
    try {
      const parts = { 'seal.der': seal.signature, signed: seal.signed, 'ca.pem': sealKey.certificate.toString() };
      await Promise.all(Object.entries(parts).map(([name, part]) => writeFile(join(folder, name), part)));
      const { stderr } = await promisify(execFile)(
        'openssl',
        [
          ...['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'seal.der', '-content', 'signed'],
          ...['-CAfile', 'ca.pem', '-attime', String(T0 / 1000), '-out', 'out'],
        ],
        { cwd: folder },
      );
      return stderr.trim();
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});

function sha256Hex({ certificate }: SealKey): string {
  return hash('sha256', certificate.raw);
}
