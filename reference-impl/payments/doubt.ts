/** Whether what came back from a payment provider is its word. */

/** What speaks against an answer, or undefined; `problem` is what is wrong with its signature, if something is. */
export type Doubt = (problem: string | undefined) => string | undefined;

/** An answer that is not signed is nothing that the provider said. */
export const signedAlone: Doubt = (problem) => problem;
