import { armor } from 'age-encryption';
import { LEAST_RECIPIENTS } from './seal.ts';

/** What can be seen from outside of an age message that makes it useless here. */
export type AgeProblem = 'not-age' | 'too-few-recipients' | 'mixed-recipients' | 'classical-recipients';

/** An age message from outside: the kinds of its stanzas, one a recipient, and what is wrong with it. */
export type AgeLook = { problem?: AgeProblem; stanzas: readonly string[] };

const VERSION = 'age-encryption.org/v1';
/** A header of a hundred hybrid recipients weighs less. */
const HEADER_BYTES = 256 * 1024;
/** Behind the header: a nonce, and an empty last chunk with its tag. */
const LEAST_PAYLOAD = 16 + 16;
const HYBRID = 'mlkem768x25519';

/** Looks at an age message, binary or armored (c2sp.org/age), without opening it. */
export function inspectAge(bytes: Uint8Array): AgeLook {
  const message = binaryOf(bytes);
  const stanzas = message === undefined ? undefined : stanzasOf(message);
  if (stanzas === undefined || stanzas.length === 0) return { problem: 'not-age', stanzas: [] };
  const problem = problemOf(stanzas);
  return problem === undefined ? { stanzas } : { problem, stanzas };
}

/** The binary form of an age message; undefined for armor that is damaged. */
export function binaryOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 256)).trimStart();
  if (!start.startsWith('-----BEGIN AGE')) return new Uint8Array(bytes);
  try {
    return new Uint8Array(armor.decode(new TextDecoder().decode(bytes).trim()));
  } catch {
    return undefined;
  }
}

function problemOf(stanzas: readonly string[]): AgeProblem | undefined {
  const hybrid = stanzas.filter((kind) => kind === HYBRID).length;
  if (hybrid === 0) return 'classical-recipients';
  if (hybrid < stanzas.length) return 'mixed-recipients';
  return hybrid < LEAST_RECIPIENTS ? 'too-few-recipients' : undefined;
}

/** The kinds of the stanzas of a header; undefined when it is none. Those that only keep readers honest do not count. */
function stanzasOf(message: Uint8Array): string[] | undefined {
  const header = new TextDecoder('latin1').decode(message.subarray(0, HEADER_BYTES));
  const [version, ...lines] = header.split('\n');
  if (version !== VERSION) return undefined;
  const kinds: string[] = [];
  let read = VERSION.length + 1;
  let inBody = false;
  for (const line of lines) {
    read += line.length + 1;
    if (inBody) {
      if (!/^[A-Za-z0-9+/]{0,64}$/.test(line)) return undefined;
      // The last line of a body is the one that is not full.
      inBody = line.length === 64;
    } else if (/^--- [A-Za-z0-9+/]{43}$/.test(line)) {
      return message.length - read >= LEAST_PAYLOAD ? kinds : undefined;
    } else {
      const [, kind, share] = /^-> ([!-~]+)(?: ([!-~]+))?(?: [!-~]+)*$/.exec(line) ?? [];
      if (kind === undefined || (kind === HYBRID && share?.length !== SHARE_LENGTH)) return undefined;
      if (!kind.endsWith('-grease')) kinds.push(kind);
      inBody = true;
    }
  }
  return undefined;
}

/** 1,120 bytes in Base64 without padding. */
const SHARE_LENGTH = Math.ceil((1120 * 4) / 3);
