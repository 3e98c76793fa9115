import { createInterface } from 'node:readline/promises';

/** Asks one question on the terminal. When the person answers with Ctrl-C or Ctrl-D, `interrupt` is called and it rejects. */
export async function askOnTerminal(question: string, interrupt: () => void): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  const leave = () => {
    process.stderr.write('\n');
    interrupt();
    gone.abort();
  };
  lines.once('SIGINT', () => lines.close()).once('close', leave);
  try {
    return await lines.question(question, { signal: gone.signal });
  } finally {
    lines.off('close', leave).close();
  }
}
