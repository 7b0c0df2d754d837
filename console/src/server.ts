import { QueryClient } from "@tanstack/react-query";
import { page } from "./page.ts";
import { ScimClient } from "./scim/client.ts";
import { ConnectionError } from "./scim/errors.ts";
import { Session } from "./scim/session.ts";

/** The server that the page came from: its session, its SCIM, and what is remembered of its answers. */
export const session = new Session(page.base);

/** @param realm `provider`, or the id of an organization */
export const scimIn = (realm: string) => new ScimClient(new URL("../scim/v2/", page.base), session, realm);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Where the session acts may have changed meanwhile; the frame asks for that first.
      refetchOnWindowFocus: false,
      // A refusal stays one; a lost connection may come back.
      retry: (failures, error) => error instanceof ConnectionError && failures < 2,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
