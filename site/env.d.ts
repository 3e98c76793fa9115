/// <reference types="astro/client" />

declare namespace App {
  /** What a page of the server is given: by `candor serve`, and by site/gate.ts. */
  interface Locals {
    desk: import('../intake/desk.ts').Desk;
    /** Whose page this is; there also while the database is away. `contact`: where one writes then; `reports`: about a vulnerability. */
    house: { name: string; legalName: string; contact: string; reports: string; demo: boolean };
    /** Where letters are kept that are not sent; undefined where they are. */
    letters: string | undefined;
    /** Whom the request came from, for limits alone. */
    visitor: string;
    /** Hears that something failed, by a code that names nobody. */
    onTrouble: (code: string) => void;
    /** What was sent, once the gate let it through; undefined unless it was sent by POST. */
    form?: URLSearchParams | undefined;
    /** The files that came with it, by the name of their field. They are in memory alone, and none is opened. */
    files?: ReadonlyMap<string, readonly import('../intake/web/multipart.ts').SentFile[]> | undefined;
    /** The token that every form on the page must hold: see components/Token.astro. */
    token: string;
    /** Why the request was refused, on the page that says so. */
    refused?: import('../intake/web/refusal.ts').RefusalName;
  }
}
