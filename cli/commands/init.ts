import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { answerOptions, answersOf, questions } from '../init/answers.ts';
import { starterFiles } from '../init/starter.ts';
import { writeNew } from '../init/write.ts';

const usage = `candor init DIR ${Object.keys(questions)
  .map((key) => `[--${key} …]`)
  .join(' ')}`;

export default defineCommand({
  summary: 'Makes your company’s folder: starter content, package.json, configuration, workflow.',
  words: 'DIR',
  options: Common.omit({ content: true }).extend(answerOptions),
  run: async (options, [dir, more], terminal) => {
    if (dir === undefined || more !== undefined)
      throw candorError('UsageInvalid', { problem: 'name one folder to make.', usage });
    const folder = resolve(terminal.cwd, dir);
    await requireEmpty(folder);
    const files = await starterFiles(await answersOf(options, terminal, usage));
    await writeNew(folder, files);
    if (options.json) terminal.out(`${JSON.stringify({ folder, files: files.map(({ path }) => path) }, null, 2)}\n`);
    else terminal.out(next(dir, terminal));
    return 0;
  },
});

/** Only what git put there may be there. Throws InitNotEmpty. */
async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw candorError('InitNotEmpty', { file: folder });
  });
  const first = names.filter((name) => name !== '.git').sort()[0];
  if (first !== undefined) throw candorError('InitNotEmpty', { file: join(folder, first) });
}

function next(dir: string, { cwd }: Terminal): string {
  const enter = resolve(cwd, dir) === cwd ? '' : `  cd ${dir}\n`;
  return `Made ${dir}. Nothing in it claims more than you told it. Next:

${enter}  npm install PATH/TO/candor-VERSION.tgz     # what npm pack makes in a copy of candor’s source
  npx --no-install candor keys make ~/trust-keys.pem     # the keys that sign your evidence; keep them out of the repository
  export CANDOR_KEYS_FILE=~/trust-keys.pem
  npm run check
  npx --no-install candor setup app-db     # prints the script for two database logins that can only read
  npm run doctor
  npm run collect
  npm run release -- --reason "First version"
  npm run build && npm run serve
`;
}
