import { createInterface } from 'node:readline/promises';

/** Asks one question on the terminal. Ctrl-C ends the process as it would without a question. */
export async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const abort = new AbortController();
  lines.once('SIGINT', () => {
    process.kill(process.pid, 'SIGINT');
    abort.abort();
  });
  // Ctrl-D closes the terminal without an answer.
  lines.once('close', () => abort.abort());
  try {
    return await lines.question(question, { signal: abort.signal });
  } finally {
    lines.close();
  }
}
