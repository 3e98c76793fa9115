import { Quillmind } from '@quillmind/sdk';

const quillmind = new Quillmind({ key: process.env.QUILLMIND_API_KEY });

/** Drafts a reply, for organizations that have not switched drafts off. */
export async function draftReply(ticket, article) {
  const { text } = await quillmind.reply({ ticket, article });
  return text;
}
