import type { APIRoute } from 'astro';
import { newChallenge } from '../../../intake/reports/challenge.ts';

/** A fresh challenge for a proof of work. Nothing of it is kept until it was used. */
export const GET: APIRoute = async ({ locals }) => Response.json(await newChallenge(locals.desk));
