import { redirect } from "react-router";
import type { LoaderFunctionArgs } from "react-router";
import { page } from "../page.ts";
import { isSignedOut } from "../scim/session.ts";
import type { SessionState } from "../scim/session.ts";
import { queries, session } from "../server.ts";
import { realmQuery } from "./realm.ts";
import type { CurrentRealm } from "./realm.ts";

/** @returns the session; without one, the person signs in first and comes back to the same address */
async function enter(): Promise<SessionState> {
  try {
    return await session.load();
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    const address = new URL("sign-in", page.base);
    // From the address of the server on, whatever prefix that is below.
    const root = new URL("..", page.base).pathname;
    address.searchParams.set("return", `/${location.pathname.slice(root.length)}${location.search}`);
    location.replace(address);
    // The page goes away.
    return new Promise(() => undefined);
  }
}

/** Leads to the realm that the session acts in, or to the first one where it acts in none. */
export async function leadToRealm() {
  const { realm, realms } = await enter();
  const [first] = realms;
  return redirect(`/${realm ?? first?.value ?? "provider"}`);
}

/** Before a page of a realm shows: what the person may do there. */
export async function enterRealm({ params }: LoaderFunctionArgs): Promise<CurrentRealm> {
  const id = params.realm ?? "";
  const state = await enter();
  if (state.realm !== id) return { id, realm: undefined };
  return { id, realm: await queries.query({ ...realmQuery(id), staleTime: "static" }) };
}
