import { QueryClient } from "@tanstack/react-query";
import type {
  InfiniteData,
  InvalidateOptions,
  InvalidateQueryFilters,
  QueryKey,
} from "@tanstack/react-query";
import { page } from "./page.ts";
import { ScimClient } from "./scim/client.ts";
import { ConnectionError } from "./scim/errors.ts";
import { Session } from "./scim/session.ts";

/** The server that the page came from: its session, its SCIM, and what is remembered of its answers. */
export const session = new Session(page.base);

/** @param realm `provider`, or the id of an organization */
export const scimIn = (realm: string) => new ScimClient(new URL("../scim/v2/", page.base), session, realm);

/** How many portions of a list come anew after a write; they come one after the other. */
const MOST_ANEW = 10;

const isLong = (data: unknown): data is InfiniteData<unknown> =>
  typeof data === "object" && data !== null && "pageParams" in data && "pages" in data
    ? (data.pages as unknown[]).length > MOST_ANEW
    : false;

/** What is remembered of the server's answers. */
class Queries extends QueryClient {
  /** Of a list of which many portions are loaded, the first one comes anew, and the others when they come into sight. */
  override invalidateQueries<K extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<K>,
    options?: InvalidateOptions,
  ): Promise<void> {
    this.setQueriesData<unknown>(
      { ...filters, predicate: ({ state }) => isLong(state.data) },
      (data: unknown) =>
        isLong(data) ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    return super.invalidateQueries(filters, options);
  }
}

export const queries = new Queries({
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
