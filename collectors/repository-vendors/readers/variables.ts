import type { Seen, Use } from './seen.ts';

/** An example of an environment file: only what stands before `=` is looked at. */
export function* exampleEnvironment(text: string): Generator<Seen> {
  for (const [, value = ''] of text.matchAll(
    /^[ \t]{0,20}#?[ \t]{0,20}(?:export[ \t]{1,20})?([A-Z][A-Z0-9_]{1,100})[ \t]{0,20}=/gm,
  ))
    yield { kind: 'variable', value, use: 'product' };
}

/** How programs ask for a variable, by language. Each pattern is bounded, so that no text makes it slow. */
const references: readonly RegExp[] = [
  // JavaScript: process.env.X, import.meta.env.X, Bun.env.X, Deno.env.get('X').
  /\b(?:process|import\.meta|Bun)\.env(?:\?\.|\.)([A-Za-z_][A-Za-z0-9_]{1,100})/g,
  /\b(?:process|import\.meta|Bun)\.env(?:\?\.)?\[\s{0,20}["'`]([A-Za-z_][A-Za-z0-9_]{1,100})["'`]/g,
  // Python, Ruby: os.environ['X'], ENV['X'].
  /\b(?:environ|ENV)\[\s{0,20}b?["']([A-Za-z_][A-Za-z0-9_]{1,100})["']/g,
  // Any language with a function: os.getenv, os.Getenv, LookupEnv, System.getenv, ENV.fetch, environ.get, env::var, env().
  /\b(?:getenv|Getenv|LookupEnv|get_env|fetch_env!?|GetEnvironmentVariable|ENV\.fetch|env\.get|environ\.get|env::var|env::var_os|env!|option_env!|env|config)\(\s{0,20}["']([A-Z_][A-Z0-9_]{1,100})["']/g,
];
const destructured = /\{([^{}]{1,500})\}\s{0,20}=\s{0,20}(?:process|import\.meta)\.env\b/g;

/** Source code of the product. */
export function* sourceCode(text: string): Generator<Seen> {
  yield* referencesIn(text, 'product');
}

/** Source code of tests and tools. */
export function* testCode(text: string): Generator<Seen> {
  yield* referencesIn(text, 'development');
}

function* referencesIn(text: string, use: Use): Generator<Seen> {
  for (const reference of references)
    for (const [, value = ''] of text.matchAll(reference)) yield { kind: 'variable', value, use };
  for (const [, names = ''] of text.matchAll(destructured))
    for (const part of names.split(',')) {
      const value = /^\s*([A-Za-z_][A-Za-z0-9_]*)/.exec(part)?.[1];
      if (value !== undefined) yield { kind: 'variable', value, use };
    }
}
