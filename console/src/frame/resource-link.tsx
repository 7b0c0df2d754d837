import { Link } from "react-router";
import type { Realm } from "../scim/resources.ts";
import { pagesOf } from "./pages.ts";
import { isProvider, useRealm } from "./realm.ts";

/** The pages that show resources, each with its type. */
const PAGES: Readonly<Record<string, string>> = {
  User: "users",
  Organization: "organizations",
  Team: "teams",
  Invitation: "invitations",
  AccessToken: "tokens",
};

/** Where a resource is shown, below the realm; undefined where that is nowhere. An organization has no list of itself. */
function placeOf(type: string, id: string, realm: Realm): string | undefined {
  const isOwn = type === "Organization" && !isProvider(realm);
  const page = isOwn ? "organization" : PAGES[type];
  if (!pagesOf(realm).some(({ path }) => path === page)) return undefined;
  return isOwn ? page : `${page}/${id}`;
}

interface ResourceLinkProps {
  /** The type of the resource; a Group is an `Organization` or a `Team`. */
  readonly type: string;
  /** Undefined: it is no resource, or not known which. */
  readonly id: string | undefined;
  readonly children: string;
}

/** What a resource is called, as a link to it where there is a page that shows it. */
export function ResourceLink({ type, id, children }: ResourceLinkProps) {
  const { id: realmId, realm } = useRealm();
  const place = id === undefined ? undefined : placeOf(type, id, realm);
  if (place === undefined) return <bdi>{children}</bdi>;
  return (
    <Link to={`/${realmId}/${place}`}>
      <bdi>{children}</bdi>
    </Link>
  );
}
