import { advisoryErrors } from './advisory-errors.ts';
import { agreementErrors } from './agreement-errors.ts';
import { collectErrors } from './collect-errors.ts';
import { commandErrors, usageErrors } from './command-errors.ts';
import { contentErrors } from './content-errors.ts';
import { deskErrors } from './desk-errors.ts';
import { disclosureErrors } from './disclosure-errors.ts';
import { documentErrors } from './document-errors.ts';
import type { ErrorDefinition, ErrorText } from './error-definition.ts';
import { grantErrors } from './grant-errors.ts';
import { intakeErrors } from './intake-errors.ts';
import { ledgerErrors } from './ledger-errors.ts';
import { noticeErrors } from './notice-errors.ts';
import { outboxErrors } from './outbox-errors.ts';
import { referenceErrors } from './reference-errors.ts';
import { reviewErrors } from './review-errors.ts';
import { sampleErrors } from './sample-errors.ts';
import { staffErrors } from './staff-errors.ts';
import { subprocessorErrors } from './subprocessor-errors.ts';

/** Where in a file something is wrong. Lines and columns count from 1. */
export type Location = { file: string; line: number; column: number; length?: number };

/** The catalogue, in the order of the reference. A name is never changed or reused. */
export const errors = {
  ...contentErrors,
  ...referenceErrors,
  ...usageErrors,
  ...collectErrors,
  ...ledgerErrors,
  ...sampleErrors,
  ...commandErrors,
  ...reviewErrors,
  ...subprocessorErrors,
  ...intakeErrors,
  ...outboxErrors,
  ...documentErrors,
  ...agreementErrors,
  ...grantErrors,
  ...noticeErrors,
  ...staffErrors,
  ...advisoryErrors,
  ...disclosureErrors,
  ...deskErrors,
} as const;

/** The permanent name of an error. */
export type ErrorName = keyof typeof errors;
type Parameters = { [N in ErrorName]: (typeof errors)[N] extends ErrorDefinition<infer P> ? P : never };
const definitions: { [N in ErrorName]: ErrorDefinition<Parameters[N]> } = errors;

/** All names, in the order of the catalogue. */
export const errorNames: readonly ErrorName[] = Object.keys(errors).filter((name): name is ErrorName => name in errors);

/** An error as the reference shows it: its rule, its exit code, and its text for an example. */
export function explainError<N extends ErrorName>(name: N): ErrorText & { why: string; exit: 1 | 2 | 3 } {
  const { why, exit, text, example }: ErrorDefinition<Parameters[N]> = definitions[name];
  return { why, exit, ...text(example) };
}

/** An error of the catalogue, with its place in a file where there is one. */
export class CandorError extends Error {
  readonly what: string;
  readonly hint: string;
  readonly exit: 1 | 2 | 3;
  readonly location: Location | undefined;
  constructor(name: ErrorName, text: ErrorText, exit: 1 | 2 | 3, location?: Location) {
    super(text.what);
    this.name = name;
    this.what = text.what;
    this.hint = text.hint;
    this.exit = exit;
    this.location = location;
  }
}

/** Makes an error of the catalogue; throw it, or collect several and print them together. */
export function candorError<N extends ErrorName>(name: N, parameters: Parameters[N], location?: Location): CandorError {
  const definition: ErrorDefinition<Parameters[N]> = definitions[name];
  return new CandorError(name, definition.text(parameters), definition.exit, location);
}
