import { defineCollector } from '../define.ts';
import { declaredCheck } from '../vendors/assess.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { rootOf } from './folder.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'repository-vendors',
  title: 'Vendors that the code names',
  topic: 'subprocessors',
  source: 'repository',
  method: 'EXAMINE',
  permissions: ['To read the files of one checkout.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    ...declaredCheck,
    'every-file-was-read': {
      title: 'Every file that could name a vendor was read',
      statement:
        'Each manifest, lock, container file, CI workflow and source file outside the ignored folders could be opened and is what its name says.',
    },
  },
  reproduce: ({ ignore }) => [
    `In a checkout, without ${ignore.slice(0, 6).join(', ')}${ignore.length > 6 ? ' and the like' : ''}: list what package.json, requirements.txt, go.mod, pom.xml and Gemfile ask for.`,
    'Search the code for names of environment variables, for example: grep -rnoE "process\\.env\\.[A-Z_]+" src',
  ],
  collect,
  assess,
  doctor: async ({ connection: { folder } }) => {
    await rootOf(folder);
    return [{ level: 'ok', message: 'The folder can be read. Nothing in it is written or run.' }];
  },
});
