import { join } from 'node:path';
import { z } from 'zod';
import { Common, defineCommand } from '../command.ts';
import { serveSite, untilAborted } from '../site.ts';

export default defineCommand({
  summary: 'Serves the built site.',
  options: Common.extend({
    port: z.coerce
      .number()
      .int()
      .min(1)
      .max(65_535)
      .default(4321)
      .meta({ description: 'The port; 4321 when left out.' }),
    host: z.string().default('localhost').meta({ description: 'The address to listen on; localhost when left out.' }),
  }),
  run: async (options, _words, terminal) => {
    const { server, url } = await serveSite(join(terminal.cwd, 'dist'), options.port, options.host);
    terminal.out(options.json ? `${JSON.stringify({ url })}\n` : `${url}\n`);
    await untilAborted(server, terminal.signal);
    return 0;
  },
});
