import { constants, existsSync } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { originOf } from '../writer.ts';
import { reasonOf } from './reasons.ts';

/** A published page, as a stranger meets it. */
export type Published = {
  /** The address or folder, for people. */
  address: string;
  /** The name of the log that lives at this address; undefined where nobody vouches for the address: see `originOf`. */
  origin: string | undefined;
  /** A file by its path; undefined when there is none. Throws VerificationUnreachable. */
  read: (path: string) => Promise<Buffer | undefined>;
  /** All paths, where they can be listed. */
  list: (() => Promise<string[]>) | undefined;
};

/** What the system says of a name that no file has, or that none can have. */
const notThere = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO', 'ERR_INVALID_ARG_VALUE']);
const TIMEOUT_MS = 30_000;
const TRIES = 3;
/** No file of a page is larger; what is, is no file of it. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Opens an address (http, https) or a folder. Throws VerificationUnreachable for what is no address. */
export function openPublished(place: string, cwd: string): Published {
  return /^https?:\/\//i.test(place) ? atAddress(place) : inFolder(resolve(cwd, place));
}

function inFolder(folder: string): Published {
  let root: Promise<string> | undefined;
  return {
    address: folder,
    origin: undefined,
    read: async (path) => {
      const file = join(folder, path);
      // A name that leads out of the folder is no file of it.
      if (relative(folder, file).split(sep)[0] === '..') return undefined;
      try {
        // Nor is one that a link leads to elsewhere, and a device or a pipe might never end.
        root ??= realpath(folder).then((path) => (path.endsWith(sep) ? path : `${path}${sep}`));
        const inside = await root;
        const real = await realpath(file);
        return real.startsWith(inside) ? await regularFile(real) : undefined;
      } catch (error) {
        const code = codeOf(error);
        if (!existsSync(folder))
          throw candorError('VerificationUnreachable', { address: folder, problem: 'there is no such folder' });
        if (code !== undefined && notThere.has(code)) return undefined;
        throw candorError('VerificationUnreachable', { address: file, problem: code ?? 'unknown reason' });
      }
    },
    list: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
        throw candorError('VerificationUnreachable', { address: folder, problem: codeOf(error) ?? 'unknown reason' });
      });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((path) => path.split('/')[0] !== '.git')
        .sort();
    },
  };
}

/** A file of a folder; undefined for anything else, and for one that is too large. */
async function regularFile(file: string): Promise<Buffer | undefined> {
  // Without waiting: nobody may ever write to a pipe.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    return stats.isFile() && stats.size <= MAX_BYTES ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}

/** The folder of a page, whatever stands behind it. Throws VerificationUnreachable. */
function baseOf(address: string): URL {
  const base = URL.parse(address);
  if (base === null) throw candorError('VerificationUnreachable', { address, problem: 'it is no address' });
  if (base.username !== '' || base.password !== '')
    throw candorError('VerificationUnreachable', {
      address: base.origin,
      problem: 'a stranger has no password; leave it out of the address',
    });
  for (const part of ['search', 'hash'] as const) base[part] = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function atAddress(address: string): Published {
  const base = baseOf(address);
  return {
    address: base.href,
    origin: base.protocol === 'https:' ? originOf(base.href) : undefined,
    read: async (path) => {
      // Hosts serve a page under its folder, and some send its file name there.
      const url = new URL(
        path
          .split('/')
          .map(encodeURIComponent)
          .join('/')
          .replace(/(^|\/)index\.html$/, '$1'),
        base,
      );
      if (!url.href.startsWith(base.href)) return undefined;
      let problem = '';
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        try {
          // A redirect would lead to a host that nobody named.
          const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
          if (response.status === 404) return path === '404.html' ? await bytesOf(response) : undefined;
          if (response.ok) return await bytesOf(response);
          problem = `it answers with status ${response.status}`;
          await response.body?.cancel();
        } catch (error) {
          problem = reasonOf(error);
        }
      }
      throw candorError('VerificationUnreachable', { address: url.href, problem });
    },
    list: undefined,
  };
}

async function bytesOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('it is too large to be a file of this page');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
