import { describe, expect, test } from 'vitest';
import { readForm } from '../../../intake/web/body.ts';
import { makeLimits } from '../../../intake/web/limits.ts';
import { readMultipart } from '../../../intake/web/multipart.ts';

const BOUNDARY = '----formdata-0123456789abcdef0123456789';
const part = (name: string, value: string, more = '') =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const end = `--${BOUNDARY}--\r\n`;

/** Reads a body as the gate does, with room of its own. */
function read(body: BodyInit, type = `multipart/form-data; boundary=${BOUNDARY}`, most?: number) {
  const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' };
  const held = makeLimits().large('with-work', '203.0.113.5');
  return readMultipart(new Request('http://trust.fern.swiss/reports/plain/', init), held, most);
}

describe('a form that is dear to read, or to show again', () => {
  test('what a browser sends is read as it was', async () => {
    const { form, files } = await read(
      `${part('title', 'Zoë')}${part('files', 'a\r\n\r\n--b', '; filename="a%22.txt"')}${end}`,
    );
    expect(form.get('title')).toBe('Zoë');
    expect(files.get('files')?.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(['a\r\n\r\n--b']);
  });

  test.each([
    ['many parts', part('a', '').repeat(65) + end, undefined],
    ['many parts, with another boundary before theirs', part('a', '').repeat(65) + end, 'xboundary=b'],
    ['a part with a long header', part('a', '').replace('\r\n', `\r\n${'X: y\r\n'.repeat(2000)}`) + end, undefined],
    ['a part with a long name', part('a'.repeat(9000), '') + end, undefined],
    ['a part that does not end', `--${BOUNDARY}\r\nX: y`, undefined],
  ])('%s: refused', async (_, body, before) => {
    const type = `multipart/form-data; ${before === undefined ? '' : `${before}; `}boundary=${BOUNDARY}`;
    await expect(read(body, type)).rejects.toMatchObject({ refused: 'not-a-form' });
  });

  test('a text as long as a file: 413, for a page would repeat it; the longest texts of a report are none of these', async () => {
    await expect(
      read(part('title', 'x'.repeat(520_000)) + part('steps', 'x'.repeat(10_000)) + end),
    ).rejects.toMatchObject({
      refused: 'too-large',
    });
    const whole = ['description', 'steps', 'impact'].map((name) => part(name, '本'.repeat(50_000)));
    expect((await read(whole.join('') + end)).form.get('impact')).toHaveLength(50_000);
  });

  test('without a length: what grows beyond is let go while it comes, and one that goes on and on is cut off', async () => {
    const piece = new TextEncoder().encode('x'.repeat(1000));
    let [sent, isCut] = [0, false];
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(piece);
      },
      cancel: () => {
        isCut = true;
      },
    });
    await expect(read(body, undefined, 10_000)).rejects.toMatchObject({ refused: 'too-large' });
    expect(isCut).toBe(true);
    expect(sent).toBeLessThan(30);
  });
});

test('who breaks off while sending is refused, and is no failure of ours', async () => {
  const broken = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('title=x')),
      pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
    });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const short = new Request('http://trust.fern.swiss/requests/', {
    ...{ method: 'POST', headers, duplex: 'half' },
    body: broken(),
  });
  await expect(readForm(short)).rejects.toMatchObject({ refused: 'not-a-form' });
  await expect(read(broken())).rejects.toMatchObject({ refused: 'not-a-form' });
});

test('a body that comes slowly is let go as soon as others need its room', async () => {
  let now = 0;
  const { large } = makeLimits(() => now);
  const [slow, other] = [large('with-work', '203.0.113.5'), large('with-work', '203.0.113.6')];
  // Its first piece, and never another one: when that is asked for, the first one was read.
  const first = Promise.withResolvers<void>();
  let asked = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      asked += 1;
      if (asked === 1) controller.enqueue(new Uint8Array(2 ** 20));
      else first.resolve();
    },
  });
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  const init = { method: 'POST', headers, body, duplex: 'half' };
  const reading = readMultipart(new Request('http://trust.fern.swiss/reports/sealed/', init), slow).catch(
    (error: unknown) => error,
  );
  await first.promise;
  await new Promise((turn) => setImmediate(turn));
  now = 20_000;
  other.grow(48 * 2 ** 20);
  large('with-work', '203.0.113.7').grow(48 * 2 ** 20);
  expect(await reading).toMatchObject({ refused: 'busy' });
});
