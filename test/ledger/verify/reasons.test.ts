import { expect, test } from 'vitest';
import { reasonOf } from '../../../ledger/verify/reasons.ts';

/** What fetch throws for a failed connection. */
const failed = (message: string, code?: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), code === undefined ? {} : { code }) });

test.each([
  ['ENOTFOUND', 'no host has this name'],
  ['EAI_AGAIN', 'its name could not be looked up; is there a network?'],
  ['ECONNREFUSED', 'the connection was refused: nothing listens there'],
  ['ECONNRESET', 'the connection was cut'],
  ['UND_ERR_SOCKET', 'the connection was cut'],
  ['ENETUNREACH', 'this network has no way to that host'],
  ['UND_ERR_CONNECT_TIMEOUT', 'there is no answer in time'],
  ['CERT_HAS_EXPIRED', 'its TLS certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its TLS certificate is not valid yet; is this machine’s clock right?'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its TLS certificate is for another host'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its TLS certificate is not from an authority that this machine trusts'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its TLS certificate is not from an authority that this machine trusts'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'what answers there does not speak TLS; is it an http:// address?'],
])('%s is told in words, with its code', (code, words) => {
  expect(reasonOf(failed('raw', code))).toBe(`${words} (${code})`);
});

test('what has no code, or one without words', () => {
  expect(reasonOf(failed('bad port'))).toBe('its port is blocked: web clients open no connection to it');
  expect(reasonOf(failed('unexpected redirect'))).toBe('it leads on to another address; name that one if you trust it');
  expect(reasonOf(failed('raw', 'EODD'))).toBe('EODD');
  expect(reasonOf(failed('an odd reason'))).toBe('an odd reason');
  expect(reasonOf(new DOMException('raw', 'TimeoutError'))).toBe('there is no answer in time');
  expect(reasonOf('raw')).toBe('there is no answer');
});
