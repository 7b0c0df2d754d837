import { expect } from "chai";
import { Secret, TOTP } from "otpauth";
import type { BrowserOfPerson } from "./signed-in.js";

/** What an app that shows codes knows. */
export interface App {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** The code that an app shows. @param ahead in time steps of 30 seconds */
export const codeOf = ({ secret }: Pick<App, "secret">, ahead = 0, now = Date.now()) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now + ahead * 30_000 });

/** Six digits that no time step about now has. */
export function wrongCodeOf(app: Pick<App, "secret">): string {
  const near = [-2, -1, 0, 1, 2, 3].map((ahead) => codeOf(app, ahead));
  const some = ["000000", "111111", "222222", "333333", "444444", "555555", "666666"];
  return some.find((code) => !near.includes(code)) ?? "";
}

/** Sets up a second factor in a session. The code of the time step before is used, so that the present one is free. */
export async function setUpFactor(own: BrowserOfPerson, currentPassword: string): Promise<App> {
  const begun = await own.send("POST", "/console/session/factor/begin", { currentPassword });
  expect(begun.status, begun.text).to.equal(200);
  const { setup, secret } = JSON.parse(begun.text) as { setup: string; secret: string };
  const code = codeOf({ secret }, -1);
  const confirmed = await own.send("POST", "/console/session/factor/confirm", { setup, code });
  expect(confirmed.status, confirmed.text).to.equal(201);
  const { recoveryCodes } = JSON.parse(confirmed.text) as { recoveryCodes: string[] };
  return { secret, recoveryCodes };
}

/** The second step of signing in. */
export async function enterCode(own: BrowserOfPerson, code: string) {
  const answer = await own.send("POST", "/console/sign-in/code", { code });
  if (answer.status === 200) own.csrf = answer.json.csrf;
  return answer;
}
