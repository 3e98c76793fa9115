import type { Orders } from './worker.ts';

/** Asks the worker for something; it fails when that cannot be done, and says nothing of why. */
export type Ask = <Name extends keyof Orders>(
  name: Name,
  asked: Orders[Name]['asked'],
) => Promise<Orders[Name]['given']>;

type Waiting = { given: (value: never) => void; failed: (reason: Error) => void };

/** Starts the worker that decrypts and encrypts, so that megabytes do not hold up the page. */
export function startWorker(): Ask {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.onmessage = ({ data: { number, given, isGiven } }) => {
    const asked = waiting.get(number);
    waiting.delete(number);
    if (isGiven) asked?.given(given as never);
    else asked?.failed(new Error('It could not be done.'));
  };
  worker.onerror = () => {
    for (const { failed } of waiting.values()) failed(new Error('The worker could not be started.'));
    waiting.clear();
  };
  return (name, asked) =>
    new Promise((given, failed) => {
      last += 1;
      waiting.set(last, { given, failed });
      worker.postMessage({ number: last, name, asked });
    });
}
