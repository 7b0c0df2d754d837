/** Long enough for any address that mail servers take (RFC 5321 section 4.5.3.1). */
const MAX_LENGTH = 254;

/** What stands before the `@`: RFC 5321's unquoted form, and letters of any script (RFC 6531). */
const LOCAL = /^[^\s"(),:;<>@[\\\]\p{Cc}\p{Surrogate}\u202A-\u202E\u2066-\u2069]{1,64}$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;

/** Whether a text is an address that mail can be sent to. */
export function isEmailAddress(text: string): boolean {
  const [local = "", domain = "", ...more] = text.split("@");
  return (
    local !== "*" &&
    more.length === 0 &&
    text.length <= MAX_LENGTH &&
    LOCAL.test(local) &&
    isMailDomain(domain)
  );
}

/**
 * Whether two texts are the same mailbox: without case, but letter by letter. Names compare more loosely
 * (`foldCase`), and so `strasse` and `straße` are one name, but two domains, which may be two people's.
 */
export const isSameMailbox = (one: string, other: string) => mailboxKey(one) === mailboxKey(other);

export const mailboxKey = (address: string) => address.toLowerCase().normalize("NFC");

/** Whether a text is `*@domain`, which stands for all addresses of a domain. */
export const isDomainPattern = (text: string) => text.startsWith("*@") && isMailDomain(text.slice(2));

function isMailDomain(text: string): boolean {
  const labels = text.split(".");
  return labels.length > 1 && labels.every((label) => LABEL.test(label));
}
