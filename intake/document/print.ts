import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { canonicalJson, digestOf } from '../../posture/digest.ts';
import { type AgreementAcceptance, type AgreementOffer, type Annexes, candorError } from '../../schemas/index.ts';
import { LAYOUT } from './layout.ts';
import type { Template } from './template.ts';
import { valuesOf } from './variables.ts';
import { visible } from './visible.ts';
import { words } from './words.ts';

/**
 * What a PDF shows. With an offer it says until when that can be accepted; with its acceptance, who did, and in which words.
 */
export type Printed = {
  template: Template;
  annexes: Annexes;
  offer?: AgreementOffer | undefined;
  acceptance?: AgreementAcceptance | undefined;
};

/**
 * The PDF of an agreement: tagged, PDF/A-3a, with `annexes.json` embedded, and `offer.json` and `acceptance.json` where there
 * are such. The same input gives the same bytes on every machine: its times are those of the annexes, and its fonts are those
 * of the compiler alone. What these cannot show is refused.
 * Throws TypesetterMissing, AgreementUnprintable, AgreementFailed.
 */
export async function printAgreement({ template, annexes, offer, acceptance }: Printed): Promise<Buffer> {
  const files = {
    'annexes.json': canonicalJson(annexes),
    ...(offer === undefined ? {} : { 'offer.json': canonicalJson(offer) }),
    ...(acceptance === undefined ? {} : { 'acceptance.json': canonicalJson(acceptance) }),
  };
  const at = acceptance?.acceptedAt ?? annexes.at;
  const document = {
    title: template.data.title,
    short: template.data.title,
    version: template.data.version,
    date: at.slice(0, 10).split('-').map(Number),
    blocks: template.blocks,
    values: valuesOf(annexes),
    words,
    offer: offer === undefined ? null : { ...offer, digest: digestOf(offer) },
    acceptance: acceptance ?? null,
  };
  const shown = { document: visible(document), annexes: visible(annexes) };
  const inputs = {
    document: canonicalJson(shown.document),
    annexes: canonicalJson(shown.annexes),
    files: canonicalJson(files),
  };
  return withCompiler((compiler) => {
    const made = compiler.compile({ mainFileContent: LAYOUT, inputs });
    if (made.result === null)
      throw candorError('AgreementFailed', { problem: messagesOf(made.takeError()?.shortDiagnostics) });
    try {
      const creationTimestamp = Math.floor(Date.parse(at) / 1000);
      const pdf = compiler.pdf(made.result, { pdfStandard: 'a-3a', creationTimestamp });
      // A seal begins on a line of its own.
      return Buffer.concat([pdf, Buffer.from(pdf.at(-1) === 0x0a ? '' : '\n')]);
    } catch (error) {
      throw refusal(error, shown);
    } finally {
      // What was typed in stays in no cache.
      compiler.evictCache(0);
    }
  });
}

/** Gives a compiler that sees no file, no package and no font of this machine. */
async function withCompiler(use: (compiler: NodeCompiler) => Buffer): Promise<Buffer> {
  const typst = await typesetter();
  const folder = mkdtempSync(join(tmpdir(), 'candor-document-'));
  const { FONTCONFIG_FILE: before } = process.env;
  try {
    const settings = join(folder, 'fonts.conf');
    writeFileSync(settings, `<?xml version="1.0"?><fontconfig><dir>${join(folder, 'none')}</dir></fontconfig>`);
    // The compiler has no option to leave this machine's fonts out; it asks fontconfig for them, once, here.
    process.env.FONTCONFIG_FILE = settings;
    return use(typst.create({ workspace: join(folder, 'empty') }));
  } finally {
    if (before === undefined) delete process.env.FONTCONFIG_FILE;
    else process.env.FONTCONFIG_FILE = before;
    rmSync(folder, { recursive: true });
  }
}

async function typesetter(): Promise<typeof NodeCompiler> {
  try {
    return (await import('@myriaddreamin/typst-ts-node-compiler')).NodeCompiler;
  } catch (error) {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : 'it could not be loaded';
    throw candorError('TypesetterMissing', { platform: `${process.platform}-${process.arch}`, problem });
  }
}

/** A refusal of the compiler in our words; it quotes characters, and these lead to fields, which may be named. */
function refusal(error: unknown, shown: object) {
  const said = error instanceof Error && 'code' in error ? String(error.code) : '';
  const missing = [...said.matchAll(/the text `\\?"(.+?)\\?"` could not be displayed/g)].map(([, text = '']) =>
    text.replace(/\\+u\{(\p{Hex}+)\}/gu, (_, point: string) => String.fromCodePoint(Number.parseInt(point, 16))),
  );
  if (missing.length === 0) return candorError('AgreementFailed', { problem: 'the compiler refused it as PDF/A' });
  const fields = Object.entries(shown).flatMap(([name, value]) => fieldsWith(value, missing, name));
  return candorError('AgreementUnprintable', { fields: fields.length === 0 ? ['the template'] : [...new Set(fields)] });
}

function fieldsWith(value: unknown, texts: readonly string[], path: string): string[] {
  if (typeof value === 'string') return texts.some((text) => value.includes(text)) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => fieldsWith(part, texts, `${path}.${key}`));
}

function messagesOf(diagnostics: readonly unknown[] | undefined): string {
  const said = JSON.stringify(diagnostics ?? []).match(/"message":"[^"]{0,200}/)?.[0] ?? 'no reason was given';
  return said.replace('"message":"', '');
}
