import { rank } from '../../posture/claim.ts';
import { countStates, coverageOf } from '../../posture/derive.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { checkSupport } from '../../posture/support.ts';
import {
  type CheckSupport,
  type ClaimState,
  type DerivedClaim,
  type Evidence,
  type EvidenceSummary,
  Trust,
} from '../../schemas/index.ts';
import { jsonOf } from '../reader.ts';
import { fails, type ProvenFiles } from './files.ts';

/** Records by `<source>/<collector>`, as they were when something was derived from them. */
export type ProvenRecords = ReadonlyMap<string, Evidence>;

/** Says what a derivation gets wrong. */
type Refuse = (problem: string) => Error;

/**
 * That trust.json is what the proven records say, and of the build that the manifest speaks of: see `readTrust`; each
 * record has its line in it. Gives the derivation. Throws DoesNotHold.
 */
export async function verifyStates(files: ProvenFiles, records: ProvenRecords): Promise<Trust> {
  const path = 'trust.json';
  const trust = await readTrust(files, path, records);
  if (trust.generatedAt !== files.manifest.builtAt || trust.demo !== files.manifest.demo)
    throw fails(path, 'it was derived for another build than the manifest’s.');
  const told = new Set(trust.evidence.map(({ source, collector }) => `${source}/${collector}`));
  const untold = [...records.keys()].find((name) => !told.has(name));
  if (untold !== undefined) throw fails(path, `it does not tell of ${untold}.`);
  return trust;
}

/**
 * Reads a derivation and holds it against the records that it rests on: what it says of them is what they say, no check
 * or claim is better than they make it, a roll-up no better than its parts, and all totals are those of its claims. It
 * may be worse, for what was declared is not published. Throws DoesNotHold.
 */
export async function readTrust(files: ProvenFiles, path: string, records: ProvenRecords): Promise<Trust> {
  const parsed = Trust.safeParse(jsonOf(await files.text(path)));
  if (!parsed.success) throw fails(path, 'it is not a derivation as this version knows it.');
  const trust = parsed.data;
  const refuse: Refuse = (problem) => fails(path, problem);
  const claims = new Map(trust.claims.map((claim) => [claim.id, claim]));
  if (claims.size < trust.claims.length) throw refuse('it tells of a claim twice.');
  for (const claim of trust.claims) {
    for (const check of claim.checks) requireCheck(claim, check, trust, records, refuse);
    requireClaim(claim, claims, refuse);
  }
  if (canonicalJson(trust.coverage) !== canonicalJson(coverageOf(trust.claims)))
    throw refuse('its coverage is not that of its claims.');
  if (canonicalJson(trust.states) !== canonicalJson(countStates(trust.claims.map(({ state }) => state))))
    throw refuse('its count of states is not that of its claims.');
  for (const line of trust.evidence) requireLine(line, records, refuse);
  if (!trust.demo && [...records.values()].some(({ environment }) => environment === 'demo'))
    throw refuse('it hides that some of its evidence is of a demonstration.');
  return trust;
}

/** What a check says is what the record says, and its state is no better than the record makes it. */
function requireCheck(
  { id }: DerivedClaim,
  check: CheckSupport,
  { generatedAt, exceptions }: Trust,
  evidence: ProvenRecords,
  refuse: Refuse,
): void {
  const { ref, state } = check;
  const accepted = exceptions.map(({ id, status: _, ...data }) => ({ id, file: '', data }));
  const known = { sources: undefined, evidence, damaged: new Map(), exceptions: accepted, now: generatedAt };
  const proven = checkSupport(ref, known);
  const { source, collector, outcome } = proven;
  if (check.source !== source || check.collector !== collector || check.check !== proven.check)
    throw refuse(`${id} cites ${ref}, but shows another check for it.`);
  // A record that could not be read when this was derived says nothing, and so must the check.
  if (check.outcome === null && state === 'unknown') return;
  if (isBetter(state, proven.state))
    throw refuse(
      `${id} calls ${ref} ${state}, but ${outcome === null ? 'no proven record has that check' : `by the proven record, which says ${outcome}, it is ${proven.state}`}.`,
    );
  for (const field of ['outcome', 'attemptedAt', 'observedAt', 'validUntil', 'freshness', 'counts'] as const)
    if (canonicalJson(check[field]) !== canonicalJson(proven[field]))
      throw refuse(`${id} says of ${ref} another ${field} than the proven record.`);
  if (
    check.openFailures.length !== proven.openFailures.length ||
    check.openFailuresOmitted !== proven.openFailuresOmitted
  )
    throw refuse(`${id} says of ${ref} other open failures than the proven record.`);
}

/** A claim is as good as the worst that it rests on, and as fresh as the oldest. */
function requireClaim(claim: DerivedClaim, claims: ReadonlyMap<string, DerivedClaim>, refuse: Refuse): void {
  const { id, state, status, checks, attestations } = claim;
  for (const part of claim.claims) {
    const cited = claims.get(part.id);
    const known = cited === undefined ? 'unbacked' : cited.status === 'in-place' ? cited.state : 'failing';
    if (part.state !== 'unbacked' && isBetter(part.state, known))
      throw refuse(`${id} calls ${part.id} ${part.state}, but it is ${known}.`);
    if (part.freshness === 'fresh' && cited?.fresh !== true)
      throw refuse(`${id} calls ${part.id} fresh, but it is not.`);
  }
  for (const { id: statement, state: stated } of attestations)
    if (isBetter(stated, 'attested'))
      throw refuse(`${id} calls ${statement} ${stated}, but a statement is no evidence.`);
  const parts = [...checks, ...attestations, ...claim.claims];
  if (status !== 'in-place') {
    if (state !== status) throw refuse(`${id} is declared ${status}, and called ${state}.`);
    return;
  }
  if (state !== 'unbacked' && parts.length === 0) throw refuse(`${id} is called ${state}, but rests on nothing.`);
  const worse = parts.find((part) => isBetter(state, part.state));
  if (worse !== undefined)
    throw refuse(`${id} is called ${state}, but ${'ref' in worse ? worse.ref : worse.id} is ${worse.state}.`);
  if (claim.fresh && parts.some(({ freshness }) => freshness !== 'fresh'))
    throw refuse(`${id} is called fresh, but not all that it rests on is.`);
}

/** What is said of a record in a line is what the record says. */
function requireLine(line: EvidenceSummary, records: ProvenRecords, refuse: Refuse): void {
  const name = `${line.source}/${line.collector}`;
  const record = records.get(name);
  if (record === undefined) throw refuse(`it tells of ${name}, but there is no proven record.`);
  for (const field of ['id', 'environment', 'collectedAt', 'validUntil', 'counts', 'population'] as const)
    if (canonicalJson(line[field]) !== canonicalJson(record[field]))
      throw refuse(`it says of ${name} another ${field} than the proven record.`);
}

/** States outside of the ranking are declared, and are better than none of it. */
function isBetter(state: ClaimState, than: ClaimState): boolean {
  return rank.indexOf(state) < rank.indexOf(than);
}
