import { dirname } from 'node:path';
import { loadCollectors } from '../../collectors/registry.ts';
import { candorError, Id } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { scaffoldCollector } from '../init/scaffold.ts';
import { contentFolder, packageRoot } from '../place.ts';

const usage = 'candor new collector ID';

export default defineCommand({
  summary: 'Makes a collector that runs, with its tests, to be changed into your own.',
  words: 'collector ID',
  options: Common,
  run: async (options, [kind, word, more], terminal) => {
    if (kind !== 'collector' || word === undefined || more !== undefined)
      throw candorError('UsageInvalid', { problem: 'say what to make, and how it is called.', usage });
    const id = Id.safeParse(word);
    if (!id.success)
      throw candorError('UsageInvalid', { problem: `\`${word}\` ${id.error.issues[0]?.message}.`, usage });
    const content = contentFolder(options.content, terminal);
    if ((await loadCollectors()).has(id.data))
      throw candorError('CollectorExists', { collector: id.data, folder: `collectors/${id.data}` });
    const root = dirname(content);
    const files = await scaffoldCollector(root, id.data);
    if (options.json) terminal.out(`${JSON.stringify({ collector: id.data, folder: root, files }, null, 2)}\n`);
    else terminal.out(next(id.data, root === packageRoot()));
    return 0;
  },
});

function next(id: string, here: boolean): string {
  const test = here ? `npx vitest run test/collectors/${id}` : 'npm test';
  return `Made collectors/${id}/ and test/collectors/${id}/. It runs as it is; now make it yours:

  schema.ts      the intent, what is read, and the few facts that may be published
  collector.ts   reads, and never judges
  assess.ts      judges, and never reads
  README.md      keep its headings
  ${test}

Let a source name it, in content/sources/<source>.yaml:

  kind: import
  title: A register that we export
  environment: production
  connection: { file: register.json }
  collect:
    ${id}: {}

and claims cite it: <source>/${id}#every-entry-has-an-owner
`;
}
