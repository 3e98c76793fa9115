import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readEvidence } from '../../ledger/store.ts';
import { type Content, candorError, Trust } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { validContent } from '../content.ts';
import { contentFolder } from '../place.ts';
import { buildSite } from '../site.ts';

export default defineCommand({
  summary: 'Builds the static site into ./dist.',
  options: Common.extend({
    production: z.boolean().default(false).meta({ description: 'Refuse to build when any source is a demonstration.' }),
    verbose: z.boolean().default(false).meta({ description: 'Show what the site builder says.' }),
  }),
  run: async (options, _words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const valid = await validContent(folder, terminal);
    if (valid === undefined) return 2;
    if (options.production) await refuseDemo(folder, valid.content);
    const dist = await buildSite(terminal.cwd, folder, options.verbose);
    // Told from what was built, so that the command line cannot say another number than the page.
    const { coverage, states } = Trust.parse(JSON.parse(await readFile(join(dist, 'trust.json'), 'utf8')));
    const { verified, inPlace, percent } = coverage;
    if (options.json) terminal.out(`${JSON.stringify({ dist, coverage, states }, null, 2)}\n`);
    else terminal.out(`Built ${dist}: ${verified} of ${inPlace} in-place claims verified and fresh (${percent} %).\n`);
    return 0;
  },
});

/** Throws BuildDemoInProduction when a source, or a record that would be published, is of a demonstration. */
async function refuseDemo(folder: string, { sources }: Content): Promise<void> {
  const declared = sources.map(({ id, data }) => ({ source: id, environment: data.environment }));
  const { evidence } = await readEvidence(folder);
  const demo = [...declared, ...evidence].find(({ environment }) => environment === 'demo');
  if (demo !== undefined) throw candorError('BuildDemoInProduction', { source: demo.source });
}
