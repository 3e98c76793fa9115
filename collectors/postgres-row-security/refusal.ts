/** Whether an SQLSTATE means that the database said no to this caller, not that it could not be asked. */
export function isRefusal(code: string): boolean {
  // A value that does not parse (class 22), a setting that is absent, a function's own objection, a missing right.
  return code.startsWith('22') || code.startsWith('P0') || code === '42704' || code === '42501' || code === '28000';
}
