import { answerOrders } from '../ask.ts';
import { carriedOut, type Orders } from './orders.ts';
import { startPage } from './page.ts';

// One file, so that one digest says which script it was: in a page it is the form, in a worker it packs and encrypts.
if (typeof document === 'undefined') answerOrders<Orders>(carriedOut);
else if (document.currentScript instanceof HTMLScriptElement) startPage(document.currentScript.src);
