#!/usr/bin/env node
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { askOnTerminal } from './init/ask.ts';
import { main } from './main.ts';

for (const file of ['.env', join('.candor', 'demo.env')])
  try {
    loadEnvFile(file);
  } catch {
    // There is none; variables then come from the environment alone.
  }
// Commands get the variables from here. The keys are taken out of the process: building runs the content’s own code.
const environment = { ...process.env };
delete process.env.CANDOR_KEYS;
delete process.env.CANDOR_OPENPGP_KEY;
const abort = new AbortController();
const interrupt = () => abort.abort();
process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
// Whoever reads may have seen enough, as `head` has.
process.stdout.on('error', interrupt);
process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY === true && process.env.NO_COLOR === undefined,
  ask:
    process.stdin.isTTY === true && process.stderr.isTTY === true
      ? (question) => askOnTerminal(question, interrupt)
      : undefined,
  environment,
  cwd: process.cwd(),
  now: () => new Date(),
  signal: abort.signal,
});
