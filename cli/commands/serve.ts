import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { contentTypes } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { validContent } from '../content.ts';
import { buildForms } from '../forms/build.ts';
import { type RunningForms, startForms } from '../forms/server.ts';
import { contentFolder } from '../place.ts';
import { requireSite, serveSite, untilAborted } from '../site.ts';

export default defineCommand({
  summary: 'Serves the built site, and the forms when content/intake.yaml says so.',
  options: Common.extend({
    port: z.coerce
      .number()
      .int()
      .min(1)
      .max(65_535)
      .default(4321)
      .meta({ description: 'The port; 4321 when left out.' }),
    host: z.string().default('localhost').meta({ description: 'The address to listen on; localhost when left out.' }),
    url: z
      .url()
      .optional()
      .meta({ description: 'Where visitors reach the forms; `url` of intake.yaml when left out.' }),
  }),
  run: async (options, _words, terminal) => {
    const dist = join(terminal.cwd, 'dist');
    requireSite(dist);
    const folder = contentFolder(options.content, terminal);
    const hasForms = existsSync(join(folder, contentTypes.intake.path));
    const valid = hasForms ? await validContent(folder, terminal) : undefined;
    if (hasForms && valid === undefined) return 2;
    const serve = async (forms: RunningForms | undefined) => {
      try {
        const { server, url } = await serveSite(dist, options.port, options.host, forms);
        terminal.out(options.json ? `${JSON.stringify({ url })}\n` : `${url}\n`);
        await untilAborted(server, terminal.signal);
        return 0;
      } finally {
        await forms?.stop();
      }
    };
    const policy = valid?.content.intake;
    if (valid === undefined || policy === undefined) return serve(undefined);
    const built = await buildForms(terminal.cwd);
    try {
      const place = { folder, content: valid.content, policy, url: options.url ?? policy.url };
      return await serve(await startForms(built, place, terminal));
    } finally {
      await built.remove();
    }
  },
});
