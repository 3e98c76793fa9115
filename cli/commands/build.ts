import { z } from 'zod';
import { readTrust } from '../../loader/trust.ts';
import { candorError } from '../../schemas/index.ts';
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
    const { trust } = await readTrust(folder, terminal.now());
    const demo = [...valid.content.sources.filter(({ data }) => data.environment === 'demo').map(({ id }) => id)];
    const evidence = trust.evidence.filter(({ environment }) => environment === 'demo').map(({ source }) => source);
    const source = demo[0] ?? evidence[0];
    if (options.production && source !== undefined) throw candorError('BuildDemoInProduction', { source });
    const dist = await buildSite(terminal.cwd, folder, options.verbose);
    const { coverage, states } = trust;
    if (options.json) terminal.out(`${JSON.stringify({ dist, coverage, states }, null, 2)}\n`);
    else {
      const { verified, inPlace, percent } = coverage;
      terminal.out(`Built ${dist}: ${verified} of ${inPlace} in-place claims verified and fresh (${percent} %).\n`);
    }
    return 0;
  },
});
