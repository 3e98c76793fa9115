import type { APIRoute } from 'astro';
import { sealedPdf } from '../../../../intake/agreements/agreement.ts';
import { requestAt } from '../../../../intake/requests/status.ts';
import { Refusal } from '../../../../intake/web/refusal.ts';
import { pdfAnswer } from '../../../pdf.ts';

/** The sealed agreement. */
export const GET: APIRoute = async ({ locals: { desk }, params: { status = '' } }) => {
  const { request } = await requestAt(desk, status);
  const pdf = await sealedPdf(desk.db, request.id);
  if (pdf === undefined) throw new Refusal('unknown');
  return pdfAnswer(pdf, `${request.id}.pdf`);
};
