import { nearest } from '../../loader/nearest.ts';
import { candorError } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { collectorsBeside, contentFolder } from '../place.ts';

export default defineCommand({
  summary: 'Lists the collectors, or what one of them reads, needs and checks.',
  words: '[COLLECTOR]',
  options: Common,
  run: async (options, [id], terminal) => {
    const collectors = await collectorsBeside(contentFolder(options.content, terminal));
    if (id === undefined) {
      const rows = [...collectors.values()].map(({ id, title, source }) => ({ id, title, source }));
      const text = rows.map((row) => `  ${row.id.padEnd(28)} ${row.title} (${row.source})\n`).join('');
      terminal.out(options.json ? `${JSON.stringify({ collectors: rows }, null, 2)}\n` : text);
      return 0;
    }
    const collector = collectors.get(id);
    if (collector === undefined)
      throw candorError('EvidenceUnknownCollector', { collector: id, suggestion: nearest(id, collectors.keys()) });
    const { title, source, permissions, checks } = collector;
    if (options.json) terminal.out(`${JSON.stringify({ id, title, source, permissions, checks }, null, 2)}\n`);
    else {
      const rows = Object.entries(checks).map(([check, { statement }]) => `  ${check}\n      ${statement}\n`);
      const rights = permissions.map((right) => `  ${right}\n`);
      terminal.out(`${title}\n\nreads a source of kind ${source}, with\n${rights.join('')}\nchecks\n${rows.join('')}`);
    }
    return 0;
  },
});
