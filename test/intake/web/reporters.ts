import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { keysDigest } from '../../../intake/envelope/keys.ts';
import { keysOf, newReceiptCode } from '../../../intake/envelope/receipt.ts';
import { packReport, type Report } from '../../../intake/envelope/report.ts';
import { seal } from '../../../intake/envelope/seal.ts';
import { TOKEN_FIELD, tokenOf } from '../../../intake/web/token.ts';
import type { Visitor } from './running.ts';

/** Those who can decrypt reports: two keys, as most companies have. */
export const team = await Promise.all([aKey(), aKey()]);

/** Their recipients. */
export const recipients = team.map(({ recipient }) => recipient);

/** A key of somebody. */
export async function aKey(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateHybridIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** What the company of content.ts says about reports, encrypted to `keys`. `more`: lines of YAML. */
export function disclosure(keys: readonly string[] = recipients, more = ''): Record<string, string> {
  const list = keys.map((recipient) => `  - { holder: security-lead, recipient: ${recipient} }`);
  return {
    'disclosure.yaml': `contacts: [security@fern.swiss]
expiresOn: ${new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10)}
languages: [en]
scope: [fern.swiss]
safeHarbor: Whoever keeps to this policy has nothing to fear from us.
clocks:
  - { id: report-acknowledged, title: A report is acknowledged, starts: receipt, ends: acknowledged, within: 48h, counts: calendar }
credit: opt-in
bounty: { kind: none }
recipients:${keys.length === 0 ? ' []' : `\n${list.join('\n')}`}
${more}`,
  };
}

/** A report as somebody writes it. */
export const written = (changes: Partial<Report> = {}): Report => ({
  title: 'Any tenant reads any other',
  description: 'Change the number in the address.',
  credit: { wanted: false },
  attachments: [],
  ...changes,
});

/** A report as a browser has made it: sealed to `keys`, with the receipt code of its reporter. */
export async function sealed(changes: Partial<Report> = {}, keys: readonly string[] = recipients) {
  const code = newReceiptCode();
  const { access, identity, recipient } = await keysOf(code);
  const ciphertext = await seal(packReport(written(changes)), keys);
  return { code, access, identity, replyTo: recipient, ciphertext, keys: await keysDigest(keys) };
}

/** Solves a challenge of the server, as the worker of the form does. */
export async function solved(visitor: Visitor, challenge?: Parameters<typeof solveChallenge>[0]['challenge']) {
  const given = challenge ?? (await (await visitor.get('/reports/challenge.json')).json());
  const solution = await solveChallenge({ challenge: given, deriveKey });
  return Buffer.from(JSON.stringify({ challenge: given, solution })).toString('base64');
}

/** What the script of the form sends. */
export type SealedFields = {
  ciphertext: Uint8Array<ArrayBuffer>;
  access: string;
  replyTo: string;
  keys: string;
  solution: string;
  critical?: string;
};

/** Sends what a browser has sealed, as its script does. */
export async function sendSealed(
  visitor: Visitor,
  { ciphertext, access, replyTo, keys, solution, critical = 'no' }: SealedFields,
  headers: Record<string, string> = {},
): Promise<Response> {
  if (!visitor.cookies.has('form')) await visitor.get('/reports/plain/');
  const token = tokenOf(visitor.cookies.get('form') ?? '');
  const body = new FormData();
  for (const [name, value] of Object.entries({ access, replyTo, keys, solution, critical, [TOKEN_FIELD]: token }))
    body.append(name, value);
  body.append('message', new Blob([ciphertext]), 'report.age');
  return visitor.submit('/reports/sealed/', body, { accept: 'application/json', ...headers });
}
