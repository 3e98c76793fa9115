import { onTestFinished } from 'vitest';
import collector from '../../../collectors/dns-vendors/collector.ts';
import { Expect, Raw } from '../../../collectors/dns-vendors/schema.ts';
import { startDns, type Zone } from '../../../examples/dns/server.ts';
import { known, subprocessor } from '../vendors/company.ts';

/** Everything that the records of `sound` name. */
export const list = known(subprocessor('google-workspace'), subprocessor('vercel'), subprocessor('stripe'));

/** Harbour’s records. */
export const sound: Zone = {
  'harbour.ch': {
    mx: ['aspmx.l.google.com'],
    txt: [
      'v=spf1 include:_spf.google.com include:_spf.harbour.ch -all',
      'stripe-verification=abc',
      'canary-token=canary',
    ],
  },
  '_spf.harbour.ch': { txt: ['v=spf1 ip4:192.0.2.1 -all'] },
  'www.harbour.ch': { cname: 'edge.harbour.ch' },
  'edge.harbour.ch': { cname: 'cname.vercel-dns.com' },
  '_spf.google.com': { txt: ['v=spf1 include:_netblocks.google.com ~all'] },
  '_netblocks.google.com': { txt: ['v=spf1 ip4:192.0.2.0/24 ~all'] },
};

/** Asks a real server that holds these records, and judges. */
export async function look(changes: Zone = {}, intent: object = {}, company = list) {
  const server = await startDns({ ...sound, ...changes });
  onTestFinished(server.stop);
  return { ...(await ask(server.address, intent, company)), asked: server.asked };
}

/** Asks the server at an address. */
export async function ask(servers: string, intent: object = {}, company = list, signal = AbortSignal.timeout(60_000)) {
  const expect = Expect.parse({ domains: ['harbour.ch'], hosts: ['www.harbour.ch'], timeoutMs: 800, ...intent });
  const context = { connection: { servers }, expect, allowIntrusive: false, signal, progress: () => undefined };
  const raw = Raw.parse(await collector.collect(context, company));
  const assessment = collector.assess(raw, expect);
  const lines = assessment.findings.map(
    ({ check, subject, outcome, reason }) => `${check} · ${subject} ${outcome}: ${reason}`,
  );
  const bad = assessment.findings
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable')
    .map(({ check, subject, outcome }) => `${check} ${subject} ${outcome}`);
  return { ...assessment, raw, lines, bad, published: JSON.stringify({ assessment, raw }) };
}
