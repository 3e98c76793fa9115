import { codeOf } from '../files/error-code.ts';

const noAnswer = 'there is no answer in time';
const cut = 'the connection was cut';
const untrusted = 'its TLS certificate is not from an authority that this machine trusts';
const noTls = 'what answers there does not speak TLS; is it an http:// address?';

/** What a failed connection means, by the code that Node gives it. */
const byCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'its name could not be looked up; is there a network?',
  ECONNREFUSED: 'the connection was refused: nothing listens there',
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  EHOSTUNREACH: 'this network has no way to that host',
  ENETUNREACH: 'this network has no way to that host',
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  UND_ERR_HEADERS_TIMEOUT: noAnswer,
  UND_ERR_BODY_TIMEOUT: noAnswer,
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  CERT_NOT_YET_VALID: 'its TLS certificate is not valid yet; is this machine’s clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
};

/** What fetch says itself, without a code. */
const byMessage: Readonly<Record<string, string>> = {
  'bad port': 'its port is blocked: web clients open no connection to it',
  'unexpected redirect': 'it leads on to another address; name that one if you trust it',
};

/** Why nothing could be fetched, in words, with the code for whoever looks it up. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'there is no answer';
  if (error.name === 'TimeoutError') return noAnswer;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = codeOf(cause);
  if (code === undefined) return byMessage[cause.message] ?? cause.message;
  return code in byCode ? `${byCode[code]} (${code})` : code;
}
