import { Link } from "react-router";
import type { Realm } from "../scim/resources.ts";
import { pagesOf } from "./pages.ts";
import { isProvider, useRealm } from "./realm.ts";

/** Where resources of a type are shown. In the provider's realm, Groups are organizations; elsewhere they are teams. */
function pageOf(type: string, realm: Realm): string | undefined {
  const pages: Readonly<Record<string, string>> = {
    User: "users",
    Group: isProvider(realm) ? "organizations" : "teams",
    Team: "teams",
    Invitation: "invitations",
    AccessToken: "tokens",
  };
  const path = pages[type];
  return pagesOf(realm).some((page) => page.path === path) ? path : undefined;
}

interface ResourceLinkProps {
  /** The type of the resource. */
  readonly type: string;
  /** Undefined: it is no resource, or not known which. */
  readonly id: string | undefined;
  readonly children: string;
}

/** What a resource is called, as a link to it where there is a page that shows it. */
export function ResourceLink({ type, id, children }: ResourceLinkProps) {
  const { id: realmId, realm } = useRealm();
  const path = pageOf(type, realm);
  if (path === undefined || id === undefined) return <bdi>{children}</bdi>;
  return (
    <Link to={`/${realmId}/${path}/${id}`}>
      <bdi>{children}</bdi>
    </Link>
  );
}
