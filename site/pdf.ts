/** A PDF to keep: it is saved and not shown, so that no viewer runs with the address of a secret. */
export function pdfAnswer(pdf: Uint8Array, filename: string): Response {
  const headers = { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename="${filename}"` };
  return new Response(new Uint8Array(pdf), { headers });
}
