import type { Answer, Orders } from './orders.ts';

/** Asks the worker for something. It fails when that cannot be done; of why, nothing is said. */
export type Ask = <Name extends keyof Orders>(
  name: Name,
  asked: Orders[Name]['asked'],
) => Promise<Orders[Name]['given']>;

type Waiting = { given: (value: never) => void; failed: (reason: Error) => void };

/** Starts the worker that the script at this address also is. */
export function startAsking(script: string): Ask {
  const worker = new Worker(script);
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.given === undefined) asked?.failed(new Error('It could not be done.'));
    else asked?.given(data.given as never);
  };
  worker.onerror = () => {
    for (const { failed } of waiting.values()) failed(new Error('The worker stopped.'));
    waiting.clear();
  };
  return (name, asked) =>
    new Promise((given, failed) => {
      last += 1;
      waiting.set(last, { given, failed });
      worker.postMessage({ number: last, name, asked });
    });
}
