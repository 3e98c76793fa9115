import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nearest } from '../loader/nearest.ts';
import { printError } from '../loader/print.ts';
import { CandorError, candorError } from '../schemas/index.ts';
import { type Command, helpOf, parse, type Terminal } from './command.ts';

const folder = join(import.meta.dirname, 'commands');

/** The names of all subcommands: the files of `commands/`. */
function commandNames(): string[] {
  return readdirSync(folder)
    .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => file.replace(/\.(ts|js)$/, ''))
    .sort();
}

/** Loads one subcommand. Throws UsageUnknownCommand. */
async function loadCommand(name: string): Promise<Command> {
  const names = commandNames();
  if (!names.includes(name))
    throw candorError('UsageUnknownCommand', { command: name, suggestion: nearest(name, names) });
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  const loaded: { default: Command } = await import(pathToFileURL(join(folder, `${name}.${extension}`)).href);
  return loaded.default;
}

/** Runs one command line and gives its exit code. Errors of the catalogue are printed, never thrown. */
export async function main(argv: string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = argv;
  try {
    if (name === 'help' || name === '--help' || name === '-h') return await help(rest[0], terminal);
    const command = await loadCommand(name);
    if (rest.includes('--help')) return await help(name, terminal);
    const { input, words } = parse(name, command, rest);
    return await command.run(input, words, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return 130;
    if (!(error instanceof CandorError)) throw error;
    terminal.err(`${printError(error, { colour: terminal.interactive })}\n`);
    return error.exit;
  }
}

async function help(name: string | undefined, terminal: Terminal): Promise<number> {
  if (name !== undefined) {
    terminal.out(helpOf(name, await loadCommand(name)));
    return 0;
  }
  const rows = await Promise.all(
    commandNames().map(async (each) => `  ${each.padEnd(10)} ${(await loadCommand(each)).summary}`),
  );
  terminal.out(
    `candor: a trust center that shows its evidence\n\n${rows.join('\n')}\n\ncandor help COMMAND tells more.\n`,
  );
  return 0;
}
