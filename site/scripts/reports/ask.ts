import type { TarFile } from '../../../intake/envelope/tar.ts';

/** What a worker can be asked, and what it gives, by name. */
type AnyOrders = Record<string, { asked: unknown; given: unknown }>;

/** Asks a worker for something. It fails when that cannot be done; of why, nothing is said. */
export type Ask<Orders extends AnyOrders> = <Name extends keyof Orders>(
  name: Name,
  asked: Orders[Name]['asked'],
) => Promise<Orders[Name]['given']>;

/** One order, by the number under which its answer is known. */
export type Order<Orders extends AnyOrders> = {
  [Name in keyof Orders]: { number: number; name: Name; asked: Orders[Name]['asked'] };
}[keyof Orders];

type Waiting = { given: (value: never) => void; failed: (reason: Error) => void };

/** Starts the worker at this address, so that megabytes do not hold up the page. */
export function startAsking<Orders extends AnyOrders>(address: string): Ask<Orders> {
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
    for (const { failed } of waiting.values()) failed(new Error('The worker could not be started, or stopped.'));
    waiting.clear();
  };
  return (name, asked) =>
    new Promise((given, failed) => {
      last += 1;
      waiting.set(last, { given, failed });
      worker.postMessage({ number: last, name, asked });
    });
}

/** Makes this worker answer: it sends nothing but to the page that asks it, and keeps nothing. */
export function answerOrders<Orders extends AnyOrders>(
  carriedOut: (order: Order<Orders>) => Promise<Orders[keyof Orders]['given']>,
): void {
  self.onmessage = async ({ data }: MessageEvent<Order<Orders>>) => {
    const { number } = data;
    const answer = await carriedOut(data).then(
      (given) => ({ number, isGiven: true, given }),
      () => ({ number, isGiven: false }),
    );
    self.postMessage(answer);
  };
}

/**
 * Where the worker of a script is, to be asked while that runs for the first time: its element says so in `data-worker`,
 * because a build of the server publishes only what a page itself names.
 */
export function workerAddress(): string {
  const address = document.currentScript?.dataset.worker;
  if (address === undefined) throw new Error('The script element names no worker.');
  return address;
}

/** What is in files that somebody chose. */
export function read(files: readonly File[]): Promise<TarFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}
