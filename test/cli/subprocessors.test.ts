import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { stoppedByVendors } from '../../cli/subprocessors.ts';
import { loadContent } from '../../loader/load.ts';
import { type Product, startProduct } from '../collectors/clients/product.ts';
import { makeCompany, run } from './company.ts';

const now = '2026-11-03T09:00:00Z';
const source = (resolve: string) => ({
  ...{ kind: 'http', title: 'The product', environment: 'demo', connection: { resolve } },
  collect: { 'http-vendors': { expect: { urls: ['http://desk.test/'] } } },
});
const list = {
  ...{ kind: 'content', title: 'The list', environment: 'demo' },
  collect: { 'content-subprocessors': { expect: { promise: { since: '2025-01-01', notice: { days: 30 } } } } },
};
const vendor = (name: string, fields: object = {}) => ({
  ...{
    name,
    legalName: `${name}, Inc.`,
    url: `https://${name.toLowerCase()}.com`,
    country: 'US',
    purpose: 'Something.',
  },
  ...{ engagement: 'required', exposure: 'metadata', regions: ['us-east'], transfer: 'scc', since: '2024-01-01' },
  ...fields,
});
const notice = (effectiveOn: string) => ({
  ...{ change: 'added', summary: 'Segment counts visits.', announcedOn: '2026-10-01' },
  ...{ objectionDeadline: effectiveOn, effectiveOn },
});

let product: Product;
let root: string;
beforeEach(async () => {
  const policy = { 'content-security-policy': "script-src 'self' cdn.segment.com" };
  product = await startProduct({ 'desk.test/': { headers: policy, body: 'Hello.' } });
  root = await makeCompany({
    'content/sources/product.yaml': stringify(source(product.resolve)),
    'content/sources/vendor-list.yaml': stringify(list),
    'content/roles/security-lead.yaml': 'title: Security lead\nkind: company\ndescription: Answers for it.\n',
    'content/subprocessors/.keep': '',
    'content/exceptions/.keep': '',
  });
});
afterEach(async () => {
  await product.close();
  await rm(root, { recursive: true, force: true });
});

const declare = (name: string, fields?: object) =>
  writeFile(join(root, 'content', 'subprocessors', `${name.toLowerCase()}.yaml`), stringify(vendor(name, fields)));
const failOn = (words: string, command = ['build']) => run(root, [...command, '--fail-on', words], { now });

/** Whether the gate stays shut, without building anything. */
async function stopped(words: string, at = now): Promise<{ is: boolean; said: string }> {
  const folder = join(root, 'content');
  const { content } = await loadContent(folder);
  if (content === undefined) throw new Error('the content is not valid');
  let said = '';
  const terminal = {
    ...{ out: () => undefined, interactive: false, environment: {}, cwd: root, now: () => new Date(at) },
    ...{ err: (text: string) => (said += text), signal: new AbortController().signal },
  };
  return { is: await stoppedByVendors(folder, content, words, terminal), said };
}

test('an undeclared vendor fails the build and the release, by name; declared, it does not', async () => {
  await run(root, ['collect', 'product'], { now });
  const { code, err, out } = await failOn('undeclared-vendor,short-notice');
  expect({ code, out, err }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "error SubprocessorUndeclared: the vendor Segment (Twilio) is seen and not declared: Seen by product/http-vendors, and not on the list of subprocessors (segment in the map of vendors).
      hint: declare it in content/subprocessors/ and give notice; or take it out, and collect again; or give a reason under \`notSubprocessors\` of the source that sees it.

    ",
      "out": "",
    }
  `);
  expect((await failOn('undeclared-vendor', ['release', '--reason', 'Tested'])).code).toBe(1);
  // The list as it is now counts, not as it was when the vendor was seen.
  await declare('Segment');
  expect(await stopped('undeclared-vendor,short-notice')).toEqual({ is: false, said: '' });
});

test('an exception with an end lets it pass until then', async () => {
  await run(root, ['collect', 'product'], { now });
  await writeFile(
    join(root, 'content', 'exceptions', 'segment.yaml'),
    stringify({
      ...{
        evidence: 'vendor-list/content-subprocessors#every-seen-vendor-is-declared',
        subjects: ['Segment (Twilio)'],
      },
      ...{ owner: 'security-lead', reason: 'It goes next week.', acceptedOn: '2026-11-01', expiresOn: '2026-11-10' },
    }),
  );
  expect((await stopped('undeclared-vendor')).is).toBe(false);
});

test('who was never asked cannot say that nothing is undeclared', async () => {
  const { code, err } = await failOn('undeclared-vendor');
  expect({ code, err }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "error SubprocessorsUnknown: whether every vendor is declared is not known: product/http-vendors: It has never looked.
      hint: collect again; \`candor doctor\` tells what keeps an observer from looking, and which hosts it does not know.

    ",
    }
  `);
  await run(root, ['collect', 'product'], { now });
  await declare('Segment');
  expect((await stopped('undeclared-vendor', '2026-11-06T09:00:00Z')).said).toContain('It looked too long ago.');
});

test('a host that nobody can name may be a vendor’s, and stops it too; named, it does not', async () => {
  const policy = { 'content-security-policy': "script-src 'self' cdn.nobody-knows.net" };
  const other = await startProduct({ 'desk.test/': { headers: policy, body: 'Hello.' } });
  const file = join(root, 'content', 'sources', 'product.yaml');
  try {
    await writeFile(file, stringify(source(other.resolve)));
    await run(root, ['collect', 'product'], { now });
    const { is, said } = await stopped('undeclared-vendor');
    expect(is).toBe(true);
    expect(said).toContain('product/http-vendors: It saw hosts that nobody can name; whose they are is unknown.');
    const named = source(other.resolve);
    const intent = { ...named.collect['http-vendors'].expect, notVendors: { 'nobody-knows.net': 'Our own old name.' } };
    await writeFile(file, stringify({ ...named, collect: { 'http-vendors': { expect: intent } } }));
    await run(root, ['collect', 'product'], { now });
    expect(await stopped('undeclared-vendor')).toEqual({ is: false, said: '' });
  } finally {
    await other.close();
  }
});

test('a short notice, and one that has not run out', async () => {
  await run(root, ['collect', 'product'], { now });
  await declare('Segment', { since: '2026-10-30', notices: [notice('2026-10-30')] });
  expect((await failOn('short-notice')).err).toMatchInlineSnapshot(`
    "error SubprocessorNoticeShort: notice falls short for Segment, added on 2026-10-30: It was announced 29 days before it takes effect; 30 days are promised.
      hint: move \`effectiveOn\` or \`since\` to a day that keeps the promise; what cannot be mended needs an exception with an owner and an end.

    "
  `);
  await declare('Segment', { since: '2026-10-31', notices: [notice('2026-11-30')] });
  expect((await failOn('short-notice')).err).toMatchInlineSnapshot(`
    "error SubprocessorNoticeShort: notice falls short for Segment: Seen by product/http-vendors, though its notice runs until 2026-11-30.
      hint: move \`effectiveOn\` or \`since\` to a day that keeps the promise; what cannot be mended needs an exception with an owner and an end.

    "
  `);
  await declare('Segment', { since: '2026-10-31', notices: [notice('2026-10-31')] });
  expect(await stopped('short-notice')).toEqual({ is: false, said: '' });
});

test('another word is told what there is', async () => {
  const { code, err } = await failOn('undeclared');
  expect({ code, err }).toMatchInlineSnapshot(`
    {
      "code": 2,
      "err": "error UsageInvalid: \`undeclared\` is nothing to fail on here; there are undeclared-vendor, short-notice.
      hint: usage: candor build|release [--fail-on undeclared-vendor,short-notice]
    ",
    }
  `);
});
