/** A file of an archive. */
export type TarFile = { name: string; bytes: Uint8Array<ArrayBuffer> };

const BLOCK = 512;

/**
 * The regular files of a tar archive (POSIX.1-1988, ustar); undefined when it is none, or not a whole one. It is written by
 * strangers, so it is read strictly: no links, no sizes but octal ones that fit. Folders are left out, and so are extensions,
 * which tell longer names and times. Zeros behind it are padding.
 */
export function readTar(bytes: Uint8Array): TarFile[] | undefined {
  const files: TarFile[] = [];
  let offset = 0;
  while (offset + BLOCK <= bytes.length) {
    const header = bytes.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const [name, size] = [textOf(header, 0, 100), textOf(header, 124, 12).trim()];
    const type = textOf(header, 156, 1);
    if (textOf(header, 257, 5) !== 'ustar' || !/^[0-7]{1,11}$/.test(size) || !/^[05xgLK]?$/.test(type) || name === '')
      return undefined;
    const end = offset + BLOCK + Number.parseInt(size, 8);
    if (end > bytes.length) return undefined;
    if (type === '' || type === '0') files.push({ name, bytes: bytes.slice(offset + BLOCK, end) });
    offset = Math.ceil(end / BLOCK) * BLOCK;
  }
  return undefined;
}

function textOf(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}
