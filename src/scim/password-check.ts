import { NotFoundError } from "../domain/errors.js";
import { isJsonObject } from "../domain/values/json.js";
import type { JsonObject, JsonValue } from "../domain/values/json.js";
import { realmKey } from "../domain/sessions/session.js";
import type { OpenRealm } from "../domain/sessions/session.js";
import { usualAddress } from "../services/limits/networks.js";
import type { AcceptedSignIn, CheckedSignIn, SignInResult } from "../services/sessions/password-check.js";
import { ScimAnswer } from "./answers/answer.js";
import { refusal } from "./answers/refusal.js";
import type { ScimContext } from "./context.js";
import { invalidSyntax, invalidValue } from "./errors.js";
import { member, readMessage } from "./requests/message.js";
import type { ResourceType } from "./resources/resource-type.js";

/** Where the product beside Muster checks passwords. */
export const PASSWORD_CHECK = "/PasswordCheck";

const REQUEST = "urn:muster:params:scim:api:messages:2.0:PasswordCheck";
const RESPONSE = "urn:muster:params:scim:api:messages:2.0:PasswordCheckResponse";

/** More than any password has; a longer text would cost time. */
const MAX_PASSWORD = 4096;

/**
 * Checks a name and a password for the product beside Muster. A refused password is an answer, too: what the product
 * asked was done, so the status is 200 either way.
 *
 * @param users shows the person as the caller's realm has them
 */
export async function checkPassword(
  context: ScimContext,
  users: ResourceType | undefined,
  body: unknown,
): Promise<ScimAnswer> {
  try {
    const checked = await context.services.passwordCheck.check(context.principal, readCheck(body));
    return answer(checked.result === "right" ? await accepted(context, users, checked) : refused(checked));
  } catch (error) {
    return refusal(context, { action: "authenticate", target: { type: "User" } }, error);
  }
}

const answer = (message: JsonObject) =>
  new ScimAnswer(200, JSON.stringify({ schemas: [RESPONSE], ...message }), { "Cache-Control": "no-store" });

async function accepted(
  context: ScimContext,
  users: ResourceType | undefined,
  { opened, realms, device }: AcceptedSignIn,
): Promise<JsonObject> {
  const user = await read(context, users, opened.accountId);
  if (user === undefined) return refused({ result: "wrong" });
  return {
    result: "accepted",
    user,
    credential: opened.organizationId === undefined ? "person" : "organization",
    givesRoles: !opened.isAssigned,
    realms: realms.map(toElement),
    device,
  };
}

/** The User; undefined when it has just been removed. */
async function read(
  context: ScimContext,
  users: ResourceType | undefined,
  id: string,
): Promise<JsonValue | undefined> {
  try {
    const found = await users?.operations.get({ ...context, ifNoneMatch: undefined }, id, {});
    return typeof found?.body === "string" ? (JSON.parse(found.body) as JsonValue) : undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

const toElement = ({ realm, name, isAdministrator }: OpenRealm): JsonObject => ({
  value: realmKey(realm) ?? "",
  ...(name !== undefined && { display: name }),
  isAdministrator,
});

/** A refusal, with a text that can be shown to the person. */
function refused(checked: Exclude<SignInResult, AcceptedSignIn>): JsonObject {
  const because = (reason: string, detail: string) => ({ result: "refused", reason, detail });
  switch (checked.result) {
    case "wrong":
      return because("wrongPassword", "The name or the password is wrong");
    case "no code":
      return because("codeMissing", "Enter the code that your app shows, or a recovery code");
    case "wrong code":
      return because("wrongCode", "The code is wrong, or was used before");
    case "too many attempts": {
      const { retryAfter } = checked;
      const detail = `There were too many wrong attempts; try again in ${retryAfter} seconds`;
      return { ...because("tooManyAttempts", detail), retryAfter };
    }
    default:
      return because("inactive", "You are not active here; contact your administrator");
  }
}

/** @throws ScimError 400 */
function readCheck(body: unknown): CheckedSignIn {
  const message = readMessage(body, REQUEST, "password check");
  const text = (name: string): string | undefined => {
    const value = member(message, name) ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw invalidValue(`'${name}' must be a string`);
  };
  const [userName, password] = [text("userName"), text("password")];
  if (userName === undefined || password === undefined) {
    throw invalidSyntax("A password check needs 'userName' and 'password'");
  }
  if (password.length > MAX_PASSWORD) {
    throw invalidValue(`'password' is longer than ${MAX_PASSWORD} characters`);
  }
  const sent = text("address");
  const address = usualAddress(sent);
  if (sent !== undefined && address === undefined) {
    throw invalidValue("'address' must be an IP address: that of the person who signs in");
  }
  const organizationId = organizationIn(member(message, "organization"));
  return {
    userName: userName.trim(),
    password,
    organizationId,
    address,
    device: text("device"),
    code: text("code"),
  };
}

function organizationIn(organization: JsonValue | undefined): string | undefined {
  if (organization === undefined || organization === null) return undefined;
  const value = isJsonObject(organization) ? organization.value : organization;
  if (typeof value === "string") return value;
  throw invalidValue("'organization' must be the id of a Group");
}
