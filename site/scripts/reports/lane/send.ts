import type { Challenge } from 'altcha-lib';
import type { SealedAnswer } from '../../../../intake/reports/sealed.ts';
import type { RefusalName } from '../../../../intake/web/refusal.ts';
import type { Orders } from './orders.ts';

/** What the server says to a report: what its page makes of it, or why the gate refused it. */
export type Said = SealedAnswer | { status: number; body: { problem?: RefusalName | string } };

/** What is sent. */
export type Sealed = Orders['seal']['given'] & {
  receipt: Orders['receipt']['given'];
  isCritical: boolean;
  solution: string;
};

/** A new challenge for a proof of work, or what the server said instead. */
export async function askChallenge(address: string): Promise<Challenge | Said> {
  const response = await fetch(address, { headers: { accept: 'application/json' } });
  const body = await response.json().catch(() => ({}));
  return response.ok ? body : { status: response.status, body };
}

/** Sends a report. `onProgress` hears how much is gone, from 0 to 1. Fails when no answer comes: whether it arrived is unknown then. */
export function sendReport(
  address: string,
  token: string,
  { message, keys, receipt, isCritical, solution }: Sealed,
  onProgress: (part: number) => void,
): Promise<Said> {
  const form = new FormData();
  form.set('form-token', token);
  form.set('access', receipt.keys.access);
  form.set('replyTo', receipt.keys.recipient);
  form.set('keys', keys);
  form.set('solution', solution);
  form.set('critical', isCritical ? 'yes' : 'no');
  form.set('message', new Blob([message], { type: 'application/octet-stream' }), 'report.age');
  return new Promise((resolve, reject) => {
    // `fetch` does not tell how much was sent.
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('accept', 'application/json');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, body: request.response ?? {} });
    request.onerror = () => reject(new Error('No answer came.'));
    request.ontimeout = request.onerror;
    request.send(form);
  });
}
