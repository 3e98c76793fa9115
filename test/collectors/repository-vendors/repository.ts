import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import collector from '../../../collectors/repository-vendors/collector.ts';
import { Expect, Raw } from '../../../collectors/repository-vendors/schema.ts';
import { known } from '../vendors/company.ts';

/** A folder on disk with these files, gone when the test has ended. */
export async function repository(files: Record<string, string | Uint8Array>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'candor-repository-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** Collects a folder and judges it. `lines` are its findings in words; `published` is all that would leave. */
export async function look(folder: string, list = known(), intent: object = {}, signal = AbortSignal.timeout(60_000)) {
  const expect = Expect.parse(intent);
  const context = { connection: { folder }, expect, allowIntrusive: false, signal, progress: () => undefined };
  const raw = Raw.parse(await collector.collect(context, list));
  const assessment = collector.assess(raw, expect);
  const lines = assessment.findings.map(({ subject, outcome, reason }) => `${subject} ${outcome}: ${reason}`);
  return { ...assessment, raw, lines, published: JSON.stringify({ assessment, raw }) };
}

/** The vendors that a repository of these files gives away, by id. */
export async function vendorsIn(files: Record<string, string | Uint8Array>, intent: object = {}): Promise<string[]> {
  return (await look(await repository(files), known(), intent)).raw.observed.map(({ id }) => id);
}
