import { type Evidence, type Instant, Trust } from '../../schemas/index.ts';
import { jsonOf } from '../reader.ts';
import { fails, type ProvenFiles } from './files.ts';

const PATH = 'trust.json';

/**
 * That no claim is called verified without a proven record behind it: each check that a claim rests on passed in that
 * record, has no open failure, and was valid when the page was built; and that the totals count exactly these claims.
 * Gives the derivation. Throws DoesNotHold.
 */
export async function verifyStates(files: ProvenFiles, records: ReadonlyMap<string, Evidence>): Promise<Trust> {
  const parsed = Trust.safeParse(jsonOf(await files.text(PATH)));
  if (!parsed.success) throw fails(PATH, 'it is not a derivation as this version knows it.');
  const trust = parsed.data;
  if (trust.generatedAt !== files.manifest.builtAt || trust.demo !== files.manifest.demo)
    throw fails(PATH, 'it was derived for another build than the manifest’s.');
  for (const claim of trust.claims) {
    const backed = claim.checks.some(({ state }) => state === 'verified') || claim.claims.length > 0;
    if (claim.state === 'verified' && !backed)
      throw fails(PATH, `${claim.id} is called verified, but rests on nothing.`);
    for (const { ref, source, collector, check, state } of claim.checks) {
      const flaw =
        state === 'verified' ? flawOf(records.get(`${source}/${collector}`), check, trust.generatedAt) : undefined;
      if (flaw !== undefined) throw fails(PATH, `${claim.id} is called verified by ${ref}, but ${flaw}`);
      if (claim.state === 'verified' && state !== 'verified' && claim.status === 'in-place')
        throw fails(PATH, `${claim.id} is called verified, but ${ref} is ${state}.`);
    }
  }
  const inPlace = trust.claims.filter(({ status }) => status === 'in-place');
  const verified = inPlace.filter(({ state, fresh }) => state === 'verified' && fresh).length;
  if (trust.coverage.inPlace !== inPlace.length || trust.coverage.verified !== verified)
    throw fails(PATH, 'its coverage is not that of its claims.');
  return trust;
}

function flawOf(record: Evidence | undefined, check: string, at: Instant): string | undefined {
  const result = record?.checks.find((candidate) => candidate.check === check);
  if (result === undefined) return 'no proven record has that check.';
  if (result.outcome !== 'passed') return `the proven record says ${result.outcome}.`;
  if (result.openFailures.length + result.openFailuresOmitted > 0) return 'the proven record has open failures.';
  if (result.validUntil === null || Date.parse(result.validUntil) < Date.parse(at))
    return 'the proven record had grown old.';
  return undefined;
}
