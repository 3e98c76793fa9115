import { parseArgs } from 'node:util';
import { z } from 'zod';
import { candorError } from '../schemas/index.ts';

/** What a command may use of the world; tests pass their own. */
export type Terminal = {
  /** Results. */
  out: (text: string) => void;
  /** Progress and errors. */
  err: (text: string) => void;
  /** Whether stderr is a terminal that shows colour and moving lines. */
  interactive: boolean;
  /** Asks a person; undefined where nobody can answer. */
  ask?: ((question: string) => Promise<string>) | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  /** The folder that the command was run in. */
  cwd: string;
  now: () => Date;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
};

/** Options that every command takes. */
export const Common = z.strictObject({
  content: z
    .string()
    .optional()
    .meta({ description: 'The content folder; CANDOR_CONTENT or ./content when left out.' }),
  json: z.boolean().default(false).meta({ description: 'Print the result as JSON on stdout.' }),
  help: z.boolean().default(false).meta({ description: 'Show how the command is used.' }),
});

/** A subcommand: its options are one zod object, from which parsing and help are made. */
export type Command = {
  summary: string;
  /** The positional words, as shown in the usage line. */
  words: string;
  options: z.ZodObject;
  run: (input: unknown, words: string[], terminal: Terminal) => Promise<number>;
};

/** Declares a subcommand. `run` gives the exit code: 0 done, 1 does not hold, 2 wrong usage or content, 3 could not finish. */
export function defineCommand<Options extends z.ZodObject>(definition: {
  summary: string;
  words?: string;
  options: Options;
  run: (options: z.infer<Options>, words: string[], terminal: Terminal) => Promise<number>;
}): Command {
  const { summary, words = '', options } = definition;
  return {
    summary,
    words,
    options,
    run: (input, rest, terminal) => definition.run(options.parse(input), rest, terminal),
  };
}

/** Splits command-line words into the options of `command` and the rest. Throws UsageInvalid. */
export function parse(name: string, command: Command, argv: string[]): { input: unknown; words: string[] } {
  const usage = usageOf(name, command);
  const flags = Object.entries(command.options.shape).map(
    ([key, schema]) => [key, { type: isFlag(schema) ? ('boolean' as const) : ('string' as const) }] as const,
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: argv, options: Object.fromEntries(flags), allowPositionals: true, strict: true });
  } catch (error) {
    throw candorError('UsageInvalid', { problem: sentence(error), usage });
  }
  if (command.words === '' && parsed.positionals[0] !== undefined)
    throw candorError('UsageInvalid', { problem: `\`${name}\` takes no \`${parsed.positionals[0]}\`.`, usage });
  const checked = command.options.safeParse(parsed.values);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw candorError('UsageInvalid', { problem: `--${issue?.path.join('.')}: ${issue?.message}.`, usage });
  }
  return { input: parsed.values, words: parsed.positionals };
}

/** One line: `candor collect [SOURCE…] [--fail-on …]`. */
function usageOf(name: string, command: Command): string {
  const flags = Object.entries(command.options.shape).map(([key, schema]) =>
    isFlag(schema) ? `[--${key}]` : `[--${key} ${key.toUpperCase()}]`,
  );
  return ['candor', name, command.words, ...flags].filter((part) => part !== '').join(' ');
}

/** The usage line, what the command does, and each option with its description. */
export function helpOf(name: string, command: Command): string {
  const rows = Object.entries(command.options.shape).map(([key, schema]) => {
    const { description } = z.globalRegistry.get(schema) ?? {};
    return `  --${key.padEnd(14)} ${description ?? ''}`;
  });
  return `${usageOf(name, command)}\n\n${command.summary}\n\n${rows.join('\n')}\n`;
}

function isFlag(schema: z.core.$ZodType): boolean {
  const json = z.toJSONSchema(schema, { io: 'output' });
  return json.type === 'boolean';
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const first = text.split('. ')[0] ?? text;
  return first.endsWith('.') ? first : `${first}.`;
}
