import type { TarFile } from '../../../intake/envelope/tar.ts';
import type { Orders } from './worker.ts';

/** Asks the worker for something; it fails when that cannot be done, and says nothing of why. */
export type Ask = <Name extends keyof Orders>(
  name: Name,
  asked: Orders[Name]['asked'],
) => Promise<Orders[Name]['given']>;

type Waiting = { given: (value: never) => void; failed: (reason: Error) => void };

/**
 * Starts the worker that decrypts and encrypts, so that megabytes do not hold up the page. To be called while the script runs
 * for the first time: its element says in `data-worker` where the worker is, because a build of the server publishes only what a
 * page itself names.
 */
export function startWorker(): Ask {
  const address = document.currentScript?.dataset.worker;
  if (address === undefined) throw new Error('The script element names no worker.');
  const worker = new Worker(address);
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

/** What is in files that somebody chose. */
export function read(files: readonly File[]): Promise<TarFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}
