import type { APIRoute } from 'astro';
import { messageFile } from '../../../../../../intake/reports/web/deeds.ts';
import { link } from '../../../../../links.ts';
import { signedIn } from '../../../../../staff.ts';

/** One message of a case as it is kept, encrypted: a file to be decrypted elsewhere, which no browser opens. */
export const ALL: APIRoute = async (context) => {
  const member = await signedIn(context);
  if (member === undefined) return context.redirect(link('/inbox/sign-in/'), 303);
  const { id = '', position = '' } = context.params;
  const file = await messageFile(context.locals.desk, member, id, position);
  return new Response(new Uint8Array(file), {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${id}-${Number(position)}.age"`,
    },
  });
};
