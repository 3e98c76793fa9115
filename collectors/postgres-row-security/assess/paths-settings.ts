import { tokensOf } from '../bodies.ts';
import { shown } from '../names.ts';
import type { DatabaseFunction } from '../raw.ts';
import { type Case, listed, type Verdict } from './judge.ts';

// They hand on what they are given.
const plain = new Set([
  'coalesce',
  'nullif',
  'lower',
  'upper',
  'trim',
  'btrim',
  'format',
  'concat',
  'cast',
  'quote_literal',
  'json_build_object',
  'jsonb_build_object',
  'row_to_json',
  'to_json',
  'to_jsonb',
]);

/**
 * Policies believe settings. A function that puts its argument into one lets its caller be whom it likes, also where a
 * caller can call functions only and has no way to SET; null where nothing of the kind is in the body.
 */
export function judgeSettings(at: Case, each: DatabaseFunction, callers: readonly string[]): Verdict | null {
  if (each.extension !== null) return null;
  // One that only sets them is how an application says whom it acts for, and its caller could SET them as well.
  const { exposures, unknown } = at.exposures.ofFunction(each);
  if (exposures.length === 0 && unknown === null) return null;
  const believed = new Set(at.raw.context.settings);
  const fixed = each.config.find((entry) => believed.has(entry.split('=')[0] ?? '') && !entry.endsWith('='));
  const who = listed(callers);
  if (fixed !== undefined)
    return {
      outcome: 'failed',
      reason: `${who} may call it, and it sets ${fixed.split('=')[0]}, which policies believe, to a value of its own.`,
    };
  if (each.language !== 'sql' && each.language !== 'plpgsql') return null;
  for (const { setting, value } of settingsIn(each.body)) {
    if (setting !== null && !believed.has(setting)) continue;
    const what = setting === null ? 'a setting that is named while it runs' : `${setting}, which policies believe`;
    const given = argumentsOf(each).find((name) =>
      value.some((token) => token.text === name && token.kind !== 'string'),
    );
    const looksUp = value.some(
      ({ kind, text }, i) => kind === 'name' && (text === 'select' || (value[i + 1]?.text === '(' && !plain.has(text))),
    );
    if (given !== undefined && !looksUp)
      return {
        outcome: 'failed',
        reason: `${who} may call it, and it puts its argument ${shown(given)} into ${what}: the caller names its own tenant.`,
      };
    if (value.some(({ kind }) => kind === 'name' || kind === 'quoted'))
      return {
        outcome: 'inconclusive',
        reason: `${who} may call it, and it fills ${what}; whether it makes sure that the tenant is the caller’s cannot be told. Declare it under functions if it does.`,
      };
  }
  return null;
}

type Tokens = ReturnType<typeof tokensOf>;

/** Calls of set_config and SET of a dotted name: the setting, null where it is not spelled out, and its new value. */
function settingsIn(body: string): { setting: string | null; value: Tokens }[] {
  const tokens = tokensOf(body);
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind === 'string') {
      const set = /^\s*set\s+(?:(?:local|session)\s+)?("?[\w.]+"?)\s*(?:=|\bto\b)/i.exec(text)?.[1];
      const end = tokens.findIndex((token, j) => j > i && token.text === ';' && token.kind === 'mark');
      if (set !== undefined)
        return [{ setting: set.replaceAll('"', ''), value: tokens.slice(i + 1, end < 0 ? undefined : end) }];
      return /\bset_config\b/i.test(text) ? settingsIn(text) : [];
    }
    if (kind === 'name' && text === 'set_config' && tokens[i + 1]?.text === '(') {
      const [name = [], value = []] = partsOf(tokens.slice(i + 2));
      const [only, more] = name;
      const literal = only?.kind === 'string' && (more === undefined || more.text === '::');
      return [{ setting: literal ? only.text : null, value }];
    }
    return [];
  });
}

/** The arguments of a call, of which the opening parenthesis is already gone. */
function partsOf(tokens: Tokens): Tokens[] {
  const parts: Tokens[] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'mark' && token.text === ')' && depth-- === 0) break;
    if (token.kind === 'mark' && token.text === '(') depth++;
    if (token.kind === 'mark' && token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** What a body may call its arguments. */
export function argumentsOf(each: DatabaseFunction): string[] {
  const parts = each.args === '' ? [] : each.args.split(',');
  return parts.flatMap((part, i) => {
    const name = /^\s*(?:(?:IN|INOUT|VARIADIC)\s+)?(?:"((?:[^"]|"")+)"|([^\s"]+))\s+\S/.exec(part);
    return [`$${i + 1}`, ...(name ? [(name[1] ?? name[2] ?? '').replaceAll('""', '"')] : [])];
  });
}
