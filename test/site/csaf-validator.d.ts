// The library is JavaScript without declarations; this is the part that the tests use.
declare module '@secvisogram/csaf-validator-lib/validateStrict.js' {
  type Found = { instancePath: string; message: string };
  export type DocumentTest = (document: unknown) => unknown;
  export default function validate(
    tests: DocumentTest[],
    document: unknown,
  ): Promise<{ isValid: boolean; tests: { name: string; isValid: boolean; errors: Found[]; warnings: Found[] }[] }>;
}
declare module '@secvisogram/csaf-validator-lib/basic.js' {
  const tests: Record<string, import('@secvisogram/csaf-validator-lib/validateStrict.js').DocumentTest>;
  export = tests;
}
declare module '@secvisogram/csaf-validator-lib/optionalTests.js' {
  const tests: Record<string, import('@secvisogram/csaf-validator-lib/validateStrict.js').DocumentTest>;
  export = tests;
}
declare module '@secvisogram/csaf-validator-lib/cwe.js' {
  export const weaknesses: { id: string; name: string }[];
}
