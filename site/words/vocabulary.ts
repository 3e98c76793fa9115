import type {
  DataFlow,
  DataItem,
  DisclosurePolicy,
  Document,
  KeyUse,
  RequestNeed,
  RetentionRule,
  RoadmapItem,
  SlaClock,
  Subprocessor,
  SubprocessorNotice,
  Update,
} from '../../schemas/index.ts';

// Each table is keyed by the schema’s own values, so that a value without words does not compile.

export const engagementWords: Record<Subprocessor['engagement'], string> = {
  required: 'Used for every customer',
  optional: 'Off until you switch it on',
  'opt-out': 'On until you switch it off',
  'customer-connected': 'Only when you connect it',
};

export const exposureWords: Record<Subprocessor['exposure'], string> = {
  none: 'Sees no customer data',
  'in-transit': 'Customer data in transit',
  metadata: 'Metadata only',
  content: 'Customer content',
  credentials: 'Credentials',
};

export const transferWords: Record<Subprocessor['transfer'], string> = {
  none: 'No transfer out of the EEA',
  adequacy: 'Adequacy decision',
  scc: 'Standard contractual clauses',
  'uk-addendum': 'UK addendum',
  dpf: 'Data Privacy Framework',
  other: 'Other safeguard',
};

export const noticeWords: Record<SubprocessorNotice['change'], string> = {
  added: 'New subprocessor',
  removed: 'Leaving the list',
  changed: 'Change',
};

export const categoryWords: Record<DataItem['category'], string> = {
  account: 'Account',
  content: 'Content',
  credential: 'Credential',
  billing: 'Billing',
  telemetry: 'Telemetry',
  log: 'Log',
  'special-category': 'Special category (GDPR Art. 9)',
};

export const encryptionWords: Record<NonNullable<DataItem['encryption']>, string> = {
  none: 'Not encrypted',
  'at-rest': 'At rest',
  'field-level': 'Field by field',
  'per-tenant': 'With a key per tenant',
  hashed: 'Only as a hash',
};

export const legalBasisWords: Record<NonNullable<DataItem['legalBasis']>, string> = {
  contract: 'Contract',
  consent: 'Consent',
  'legitimate-interest': 'Legitimate interest',
  'legal-obligation': 'Legal obligation',
};

export const retentionStartWords: Record<NonNullable<RetentionRule['starts']>, string> = {
  creation: 'From its creation',
  'last-activity': 'From the last activity',
  'account-closure': 'From the closing of the account',
  'deletion-request': 'From the request to delete',
  'contract-end': 'From the end of the contract',
};

export const deletionWords: Record<RetentionRule['deletion'], string> = {
  'hard-delete': 'Deleted',
  anonymise: 'Made anonymous',
  'crypto-erase': 'Key destroyed',
  expiry: 'Expires',
};

export const protectionWords: Record<DataFlow['protection'], string> = {
  tls: 'TLS',
  mtls: 'Mutual TLS',
  'private-network': 'Private network',
  'end-to-end': 'End-to-end encrypted',
  none: 'Unprotected',
};

export const documentWords: Record<Document['kind'], string> = {
  policy: 'Policy',
  dpa: 'Data processing agreement',
  report: 'Report',
  whitepaper: 'White paper',
  certificate: 'Certificate',
  questionnaire: 'Questionnaire',
  runbook: 'Runbook',
  terms: 'Terms',
  reference: 'Reference',
};

export const accessWords: Record<Document['access'], string> = {
  public: 'Public',
  'on-request': 'On request',
  nda: 'Under a non-disclosure agreement',
};

export const roadmapWords: Record<RoadmapItem['status'], string> = {
  considered: 'Considered',
  planned: 'Planned',
  'in-progress': 'In progress',
  done: 'Done',
  declined: 'Declined',
};

export const updateWords: Record<Update['kind'], string> = {
  change: 'Change',
  incident: 'Incident',
  advisory: 'Advisory',
  subprocessor: 'Subprocessor',
  notice: 'Notice',
};

export const clockStartWords: Record<SlaClock['starts'], string> = {
  receipt: 'receipt',
  confirmation: 'confirmation',
  resolution: 'resolution',
  publication: 'publication',
  'last-update': 'the last update',
  'last-review': 'the last review',
  departure: 'departure',
};

export const creditWords: Record<DisclosurePolicy['credit'], string> = {
  'opt-in': 'We name you if you ask for it.',
  'opt-out': 'We name you unless you ask us not to.',
  none: 'We do not name reporters.',
};

export const keyUseWords: Record<KeyUse, { title: string; kind: string; signs: string }> = {
  checkpoint: { title: 'Key of the log', kind: 'Ed25519, signed notes', signs: 'the heads of the log' },
  statement: {
    title: 'Key of statements',
    kind: 'ECDSA P-256, DSSE',
    signs: 'records, versions and the list of all files of this page',
  },
};

export const needWords: Record<RequestNeed, { title: string; hint: string }> = {
  dpa: { title: 'A data processing agreement', hint: 'Signed by us, with annexes that come from live evidence.' },
  'scc-module-two': { title: 'Standard contractual clauses, module two', hint: 'You are the controller.' },
  'scc-module-three': { title: 'Standard contractual clauses, module three', hint: 'You are a processor yourself.' },
  'uk-addendum': { title: 'UK addendum', hint: 'For personal data from the United Kingdom.' },
  'swiss-addendum': { title: 'Swiss addendum', hint: 'For personal data from Switzerland.' },
  questionnaire: { title: 'A questionnaire answered', hint: 'Say below which one, or where it is.' },
  document: { title: 'A document that is not public', hint: 'Such as a report or a whitepaper.' },
  deletion: { title: 'Deletion of personal data', hint: 'Yours, or that of your people.' },
  question: { title: 'An answer to a question', hint: 'A person reads it and writes back.' },
};
