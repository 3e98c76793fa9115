import type { APIRoute } from 'astro';
import { agreementOf } from '../../../../intake/agreements/agreement.ts';
import { printAgreement } from '../../../../intake/document/print.ts';
import { requestAt } from '../../../../intake/requests/status.ts';
import { Refusal } from '../../../../intake/web/refusal.ts';
import { pdfAnswer } from '../../../pdf.ts';

/** The offer as it would be sealed, before it is accepted. It is printed anew each time, so it counts as a form does. */
export const GET: APIRoute = async ({ locals: { desk, visitor }, params: { status = '' } }) => {
  const { request } = await requestAt(desk, status);
  const agreement = request.state === 'offered' ? await agreementOf(desk.db, request.id) : undefined;
  if (agreement === undefined) throw new Refusal('unknown');
  desk.limits.form(visitor);
  return pdfAnswer(await printAgreement(agreement), `offer-${request.id}.pdf`);
};
