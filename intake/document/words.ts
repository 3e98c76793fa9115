import type { ClaimState, Subprocessor } from '../../schemas/index.ts';

/** How the agreement words what the data names by a short word. */
export const words = {
  verified: 'Verified by evidence',
  attested: 'Stated, not measured',
  'accepted-risk': 'A risk that was accepted',
  stale: 'Evidence is out of date',
  unknown: 'Not known',
  failing: 'Failing',
  unbacked: 'Nothing backs it',
  'in-progress': 'Being worked on',
  planned: 'Planned',
  'not-available': 'Not available',
  required: 'For all customers',
  optional: 'Off until the customer chooses it',
  'opt-out': 'On until the customer refuses it',
  'customer-connected': 'Connected by the customer, under its own agreement',
  none: 'No transfer out of the EEA',
  adequacy: 'Adequacy decision',
  scc: 'Standard contractual clauses (SCC 2021/914)',
  'uk-addendum': 'UK Addendum B1.0',
  dpf: 'EU-US Data Privacy Framework',
  other: 'Another basis, named in the contract',
} as const satisfies Record<ClaimState | Subprocessor['engagement'] | Subprocessor['transfer'], string>;
