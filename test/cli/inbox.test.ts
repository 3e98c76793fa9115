import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSealKey } from '../../intake/document/seal-key.ts';
import { advance } from '../../intake/lifecycle/submission.ts';
import { wayIn } from '../../intake/lifecycle/take-in.ts';
import { confirmByLink } from '../../intake/requests/confirm.ts';
import { receive } from '../../intake/requests/receive.ts';
import { openStore } from '../../intake/store/open.ts';
import { form, policy } from '../intake/requests/forms.ts';
import { writeCompany } from '../intake/web/content.ts';
import { run } from './company.ts';

const AT = new Date('2026-11-03T08:00:00Z');
let root = '';
let held = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'candor-inbox-'));
  await writeCompany(join(root, 'content'));
  held = await asks({ needs: ['question'], message: 'Where is it kept?' });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A request that was confirmed, and that the rules gave to a person. Returns its id. */
async function asks(changes: Parameters<typeof form>[0]): Promise<string> {
  const store = await openStore({ folder: join(root, 'intake-data') });
  const head = { company: 'Quill Ltd', url: 'https://trust.quill.swiss' };
  const { id } = await receive(wayIn(store.db), policy(), head, form(changes), AT);
  const { message } = await store.db
    .selectFrom('outbox')
    .select('message')
    .where('submission', '=', id)
    .executeTakeFirstOrThrow();
  const link = /confirm\/([\w-]+)\//.exec(String(message.text))?.[1] ?? '';
  const confirmed = await confirmByLink(store.db, link, AT);
  if (confirmed.outcome !== 'confirmed') throw new Error(confirmed.outcome);
  await advance(store.db, confirmed.request, 'held', {
    at: AT,
    actor: 'rules',
    facts: { reasons: ['needs-a-person'] },
  });
  await store.close();
  return id;
}

const candor = (...argv: string[]) => run(root, ['inbox', ...argv]);
const json = async (...argv: string[]) => JSON.parse((await candor(...argv, '--json')).out);

test('from the first administrator to an answer, an export, a deletion and a log that holds', async () => {
  expect((await candor()).err).toContain('error StaffNotNamed: it is not said who acts.');
  expect((await candor('add', 'rita', '--role', 'responder', '--email', 'rita@quill.swiss')).code).toBe(2);
  const first = await candor('add', 'ada', '--role', 'administrator', '--email', 'ada@larkspur.swiss');
  expect(first).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /manager:\n {2}[\w-]{43}\n.*otpauth:\/\/totp\/Fern:ada\?issuer=Fern&secret=[A-Z2-7]{32}/s,
    ),
  });
  const rita = await json('add', 'rita', '--role', 'responder', '--email', 'rita@quill.swiss', '--as', 'ada');
  expect(Object.keys(rita)).toEqual(['id', 'key', 'uri', 'seed']);

  const listed = await candor('--as', 'rita');
  expect(listed).toMatchObject({
    code: 0,
    out: `${held}  held  2026-11-03 08:00  Quill Ltd.  question · needs-a-person\n`,
  });
  expect((await candor('--as', 'ada')).out).not.toContain('Quill');
  expect((await candor('show', held, '--as', 'rita')).out).toContain('Where is it kept?');
  expect((await candor('answer', held, '--text', 'In Zurich.', '--as', 'ada')).err).toContain(
    'error StaffNotAllowed: `ada` is administrator, and may not answer.',
  );
  expect(await json('answer', held, '--text', 'In Zurich.', '--as', 'rita')).toEqual({ id: held, state: 'answered' });
  expect((await candor('--as', 'rita')).out).toBe('Nothing waits.\n');

  const known = await json('export', 'ada@quill.swiss', '--as', 'ada');
  expect(known.submissions).toMatchObject([{ id: held, notes: [{ actor: 'cli:rita', text: 'In Zurich.' }] }]);
  expect((await candor('delete', 'ada@quill.swiss', '--as', 'ada')).err).toContain('nothing was deleted; add --yes.');
  expect(await json('delete', 'ada@quill.swiss', '--yes', '--as', 'ada')).toEqual({ deleted: [held], kept: [] });
  expect((await json('export', 'ada@quill.swiss', '--as', 'ada')).submissions).toEqual([]);

  const log = await json('log', '--as', 'ada');
  expect(log.entries.map(({ actor, action }: { actor: string; action: string }) => `${actor} ${action}`)).toEqual([
    'cli add',
    'cli:ada add',
    'cli:rita list',
    'cli:ada list',
    'cli:rita read',
    'cli:ada answer',
    'cli:rita answer',
    'cli:rita list',
    'cli:ada export',
    'cli:ada export',
    'cli:ada delete',
    'cli:ada delete',
    'cli:ada export',
    'cli:ada export',
    'cli:ada log',
  ]);
  expect(JSON.stringify(log)).not.toContain('@');
  expect((await candor('log', '--known', log.digest, '--as', 'ada')).code).toBe(0);
  expect(await candor('log', '--known', 'f'.repeat(64), '--as', 'ada')).toMatchObject({
    code: 1,
    err: expect.stringContaining('the staff log does not hold: the entry that was noted down is not in it.'),
  });
  expect((await candor('remove', 'rita', '--as', 'ada')).out).toBe('`rita` is removed, and signed out everywhere.\n');
  expect((await candor('--as', 'rita')).err).toContain('error StaffUnknown: there is no account `rita`.');
});

test('what is not understood is said with the usage, before anything is opened', async () => {
  for (const [argv, problem] of [
    [['guess'], '`inbox guess` means nothing.'],
    [['show'], '`inbox show` means nothing.'],
    [['decline', 'x', '--as', 'ada'], 'say why with --reason.'],
    [['answer', 'x', '--file', 'none.txt', '--as', 'ada'], 'none.txt cannot be sent as a letter'],
    [['export', 'nobody', '--as', 'ada'], '`nobody` is no e-mail address'],
    [['add', 'eve', '--as', 'ada'], 'give a --role and an --email'],
  ] as const) {
    const { code, err } = await candor(...argv);
    expect(code).toBe(2);
    expect(err).toContain(`error UsageInvalid: ${problem}`);
  }
});

test('beside the running demo an agreement is offered that says so, at the address of the demo; elsewhere never', async () => {
  await writeCompany(join(root, 'content'), {
    'sources/app-db.yaml': `kind: postgres
title: Application database
environment: demo
connection: { url: $APP_DB_URL }
collect: {}
`,
  });
  await candor('add', 'rob', '--role', 'responder', '--email', 'rob@larkspur.swiss', '--as', 'ada');
  const environment = { CANDOR_SEAL: await makeSealKey('Fern', AT, new Date('2027-01-01')) };
  const id = await asks({ needs: ['dpa'] });
  const approve = (more: Record<string, string>) =>
    run(root, ['inbox', 'approve', id, '--as', 'rob'], { environment: { ...environment, ...more } });
  expect((await approve({})).err).toContain('its measures rest on evidence of a demonstration.');
  expect(await approve({ CANDOR_DEMO_URL: 'http://localhost:4321/' })).toMatchObject({ code: 0, err: '' });
  const store = await openStore({ folder: join(root, 'intake-data') });
  const letters = await store.db.selectFrom('outbox').select('message').where('submission', '=', id).execute();
  await store.close();
  expect(JSON.stringify(letters)).toContain('http://localhost:4321/requests/');
});
