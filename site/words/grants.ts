import type { AccessEntry } from '../../intake/grants/access-log.ts';
import type { Hurdle } from '../../intake/grants/grant.ts';

/** Why there is no download, for the recipient: a heading, and what to do. */
export const hurdleWords: Record<Hurdle, { title: string; text: string }> = {
  revoked: {
    title: 'This document is no longer given to you',
    text: 'We have ended it. What you downloaded before stays subject to what you agreed to.',
  },
  expired: { title: 'The time for this download is over', text: 'Ask for the document again if you still need it.' },
  changed: {
    title: 'This version is no longer given',
    text: 'There is another version by now, or none. Ask for the document again.',
  },
  nda: {
    title: 'Please agree to keep it secret',
    text: 'Read the text below. The download is here as soon as you have agreed to it.',
  },
  spent: { title: 'All downloads are used', text: 'Ask for the document again if you lost it.' },
};

/** What happened with a grant, beside its date. */
export const accessWords: Record<AccessEntry['what'], string> = {
  granted: 'granted',
  agreed: 'agreed to keep it secret',
  asked: 'asked for download',
  sent: 'sent download',
  failed: 'could not make a copy for download',
  revoked: 'ended by us',
  expired: 'time is over',
};
