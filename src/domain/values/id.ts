const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the form of the ids that Muster gives (UUIDs in lower case); nothing else can be one. */
export function isId(text: string): boolean {
  return ID.test(text);
}
