/** A name as a unit of its own in a sentence, whatever direction its letters have. */
export const isolated = (name: string) => `\u2068${name}\u2069`;
