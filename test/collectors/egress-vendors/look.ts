import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import collector from '../../../collectors/egress-vendors/collector.ts';
import { Expect, Raw } from '../../../collectors/egress-vendors/schema.ts';
import { known, subprocessor } from '../vendors/company.ts';

export const list = known(subprocessor('stripe'));
export const csv = { format: 'csv', mapping: { host: 'host', time: 'time', bytes: 'bytes' } } as const;

/** A file on disk, gone when the test has ended. */
export async function log(content: string | Uint8Array, name = 'egress.csv'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-egress-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

/** A log of CSV with these hosts, an hour old on 3 November 2026. */
export function hosts(...names: string[]): string {
  return ['time,host,bytes', ...names.map((name) => `2026-11-03T08:00:00Z,${name},100`), ''].join('\n');
}

/** Reads a file and judges it. */
export async function look(file: string, intent: object = {}, company = list, signal = AbortSignal.timeout(60_000)) {
  const expect = Expect.parse({ ...csv, ...intent });
  const context = { connection: { file }, expect, allowIntrusive: false, signal, progress: () => undefined };
  const raw = Raw.parse(await collector.collect(context, company));
  const assessment = collector.assess(raw, expect);
  const bad = assessment.findings
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable')
    .map(({ check, subject, outcome }) => `${check} ${subject} ${outcome}`);
  return { ...assessment, raw, bad, published: JSON.stringify({ assessment, raw }) };
}
