import { type CandorError, candorError, DateOn } from '../../schemas/index.ts';
import { type CheckContext, type Pattern, textsAt } from './context.ts';
import { isDemonstration, isNobodys } from './values.ts';

const DAY_MS = 86_400_000;
/** With less than this left nothing is built: whoever reads security.txt has to be able to rely on it. */
const LEAST_DAYS = 30;
/** RFC 9116, 2.5.5: less than a year is recommended, so that a file that nobody looks after ends. */
const YEAR_DAYS = 365;

/** Addresses in the policy that a stranger is sent to. */
const addresses: readonly Pattern[] = [
  ['contacts', '*'],
  ['encryption', '*'],
];

/** A policy that ends soon or never, or that sends researchers to addresses that belong to nobody. */
export function checkDisclosure(context: CheckContext): CandorError[] {
  return [...expiry(context), ...nobodys(context)];
}

function expiry(context: CheckContext): CandorError[] {
  return textsAt(context, 'disclosure', ['expiresOn'])
    .filter(({ value }) => DateOn.safeParse(value).success)
    .flatMap(({ file, path, value }) => {
      const days = Math.floor((Date.parse(`${value}T23:59:59Z`) - context.now.getTime()) / DAY_MS);
      const at = context.loaded.locate(file.file, path);
      if (days < LEAST_DAYS) return [candorError('SecurityTxtExpires', { on: value, days }, at)];
      return days >= YEAR_DAYS ? [candorError('SecurityTxtTooLong', { on: value, days }, at)] : [];
    });
}

function nobodys(context: CheckContext): CandorError[] {
  const demo = isDemonstration(context);
  return addresses.flatMap((at) =>
    textsAt(context, 'disclosure', at).flatMap(({ file, path, value }) => {
      const host = (URL.parse(value)?.hostname ?? '').replace(/\.$/, '');
      // A name of one word and an address of a machine are somebody's, but not for a stranger.
      const isLocal = host !== '' && !/\.[a-z][a-z0-9-]*$/.test(host);
      if (!isLocal && !isNobodys(host, demo)) return [];
      return [candorError('ContactPlaceholder', { value }, context.loaded.locate(file.file, path))];
    }),
  );
}
