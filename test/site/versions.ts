import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease } from '../../cli/site.ts';
import { makeKeys, type PrivateKeys, parseKeys } from '../../ledger/keys/private.ts';
import { draftFiles, draftRelease, publishRelease } from '../../ledger/releases/make.ts';
import { openLedger } from '../../ledger/writer.ts';
import { loadContent } from '../../loader/load.ts';
import { canonicalJson } from '../../posture/digest.ts';
import type { Release } from '../../schemas/index.ts';
import { writeWorld } from './world.ts';

/** Where the configuration of the site is that renders the versions of a made-up world. */
export const root = join(import.meta.dirname, '..', '..');

/** Writes the made-up world with three versions: the second has one claim more, one reworded and one fewer, the third nothing new. */
export async function writeWorldWithVersions(folder: string, keys = parseKeys(makeKeys())): Promise<void> {
  await writeWorld(folder, keys);
  const file = (id: string) => join(folder, 'claims', 'isolation', `${id}.mdx`);
  const before = readFileSync(file('one-region'), 'utf8');
  const later = readFileSync(file('pentest-planned'), 'utf8');
  writeFileSync(file('one-region'), before.replace('Backups lie in one data centre', 'Backups lie in one place'));
  writeFileSync(file('old-promise'), '---\ntitle: We reply within the hour & <always>\nstatus: in-place\n---\n');
  rmSync(file('pentest-planned'));
  await publish(folder, keys, '2026-11-03T10:10:00.000Z', 'The first of them');
  writeFileSync(file('one-region'), before);
  writeFileSync(file('pentest-planned'), later);
  rmSync(file('old-promise'));
  await publish(folder, keys, '2026-11-03T10:15:00.000Z', 'A promise <withdrawn> & a plan made');
  await publish(folder, keys, '2026-11-03T10:20:00.000Z', 'As every week');
}

/** Publishes a version at a moment, as `candor release` does. */
export async function publish(folder: string, keys: PrivateKeys, at: string, reason: string): Promise<Release> {
  const { content, errors } = await loadContent(folder);
  if (content === undefined) throw errors[0];
  const origin = 'trust.larkspur.example/log';
  const ledger = await openLedger({ content: folder, origin, keys, now: () => new Date(at), state: undefined });
  try {
    const draft = await draftRelease(ledger, content, { reason, validFor: '30d' });
    const pages = await rendered(folder, draft);
    return await publishRelease(ledger, draft, pages);
  } finally {
    await ledger.close();
  }
}

/** The pages of a draft. */
export async function rendered(
  folder: string,
  draft: Awaited<ReturnType<typeof draftRelease>>,
): Promise<Map<string, Buffer>> {
  const place = mkdtempSync(`${folder}.draft-`);
  try {
    writeFileSync(join(place, 'release.json'), canonicalJson(draft.release));
    for (const [name, bytes] of draftFiles(draft)) writeFileSync(join(place, name), bytes);
    return await renderRelease(root, folder, place, false);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
