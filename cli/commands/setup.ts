import { plansOf } from '../../collectors/run.ts';
import { nearest } from '../../loader/nearest.ts';
import { candorError } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { validContent } from '../content.ts';
import { contentFolder } from '../place.ts';

export default defineCommand({
  summary: 'Prints the script that gives a source’s collectors the least rights they need.',
  words: 'SOURCE',
  options: Common,
  run: async (options, [source = ''], terminal) => {
    const valid = await validContent(contentFolder(options.content, terminal), terminal);
    if (valid === undefined) return 2;
    const { sources } = valid.content;
    if (!sources.some(({ id }) => id === source))
      throw candorError('EvidenceUnknownSource', {
        source,
        suggestion: nearest(
          source,
          sources.map(({ id }) => id),
        ),
      });
    for (const { collector, collection } of plansOf({ ...valid, only: [source] }))
      if (collector.setup !== undefined) terminal.out(collector.setup(collector.expect.parse(collection.expect)));
    return 0;
  },
});
